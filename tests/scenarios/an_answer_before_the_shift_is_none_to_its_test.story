# Who answered a test an hour ago is tested at the start of the shift all the same. A manager who is a
# member hears once that nobody answers.
user     ana sms email
user     boris sms email
user     mia email admin
team     ops  primary 5m
members  ops  ana boris mia
manager  ops  mia
duty     ops primary calendar:rota
rota     rota  ana 2026-11-16/09:00 2026-11-21/09:00, boris 2026-11-21/09:00 2026-11-28/09:00
handoff  ops on
shift-test ops

at 08:00     boris tests boris sms        expect told boris sms test
             boris answers-test sms
at 08:45     expect told boris email on-call
at 09:00     expect told ana email off-call; expect told boris email on-call; expect told boris sms test
at 09:05     expect told boris sms test
at 09:10     expect told boris sms test
at 09:15     expect told mia email notice "boris has ops primary"; expect told ana email notice "boris has"; expect nothing for 1h
