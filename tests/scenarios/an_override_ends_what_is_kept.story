# Who goes keeps the duty until who comes has answered: an override by hand is above that.
user     ana sms email
user     boris sms email
user     mia sms email admin
team     ops  primary 5m
members  ops  ana boris
manager  ops  mia
duty     ops primary calendar:rota
rota     rota  ana 2026-11-16/09:00 2026-11-21/09:00, boris 2026-11-21/09:00 2026-11-28/09:00
handoff  ops on
shift-test ops hold

at 08:45     expect told boris email on-call
at 09:00     expect oncall ops primary ana
             expect told boris email on-call; expect told boris sms test; expect told ana email cover
at 09:01     mia overrides ops primary to boris until 12:00     expect oncall ops primary boris override
             expect told boris email override; expect told ana email override
at 09:02     alert ops key=a "disk"          expect page boris sms
             boris acknowledges              expect told ana email notice "boris's now"
