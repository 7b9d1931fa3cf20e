# shift-test hold: until who comes has answered the test, who goes keeps the duty.
user     ana sms email
user     boris sms email
user     mia sms email
team     ops  primary 5m
members  ops  ana boris
manager  ops  mia
duty     ops primary calendar:rota
rota     rota  ana 2026-11-16/09:00 2026-11-21/09:00, boris 2026-11-21/09:00 2026-11-21/21:00, ana 2026-11-21/21:00 2026-11-30/09:00
handoff  ops on
shift-test ops hold

at 08:45     expect told boris email on-call
at 09:00     expect oncall ops primary ana until 11:00 because "ana keeps it until boris answers the test"
             expect told boris email on-call "ana keeps it until the test is answered"; expect told boris sms test
             expect told ana email cover "until boris answers the test"
at 09:02     alert ops key=a "disk"          expect page ana sms
             ana acknowledges; ana resolves
at 09:03     crash; restart                  expect oncall ops primary ana
at 09:04     boris answers-test sms          expect oncall ops primary boris
             expect told ana email notice "boris's now"
at 09:30     alert ops key=b "disk"          expect page boris sms
             boris acknowledges; boris resolves
# Unanswered it passes after two hours, loudly; the managers knew after a quarter.
at 20:45     expect told ana email on-call
at 21:00     expect oncall ops primary boris; expect told boris email cover; expect told ana email on-call; expect told ana sms test
at 21:05     expect told ana sms test
at 21:10     expect told ana sms test
at 21:15     expect told mia email notice "has not answered 3 test pages"; expect told boris email notice "has not answered"
at 22:59     expect oncall ops primary boris
at 23:00     expect oncall ops primary ana; expect told mia email notice "boris has kept ops primary for 2 hours"
             expect told ana email notice "boris has kept"; expect told boris email notice "boris has kept"
             expect told boris email notice "ana's now"
at 23:30     alert ops key=c "disk"          expect page ana sms
