# At the start of a shift a test page has to be answered; three are sent, then others hear of it.
user     ana sms email
user     boris sms email
user     mia email
team     ops  primary 5m
members  ops  ana boris
manager  ops  mia
duty     ops primary calendar:rota
rota     rota  ana 2026-11-16/09:00 2026-11-21/09:00, boris 2026-11-21/09:00 2026-11-21/21:00, ana 2026-11-21/21:00 2026-11-30/09:00
handoff  ops on
shift-test ops

at 08:45     expect told boris email on-call
at 09:00     expect told ana email off-call; expect told boris email on-call; expect told boris sms test
at 09:04     crash; restart
at 09:05     expect told boris sms test
at 09:10     expect told boris sms test
at 09:15     expect told mia email notice "boris has ops primary and has not answered 3 test pages"; expect told ana email notice "boris has"
             expect entry handoff "perhaps no page reaches"
at 09:16     boris answers-test sms     expect nothing for 8h
at 20:45     expect told ana email on-call
at 21:00     expect told boris email off-call; expect told ana email on-call; expect told ana sms test
at 21:03     ana answers-test sms       expect nothing for 8h
