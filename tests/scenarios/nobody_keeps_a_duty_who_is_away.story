# Who goes is on leave from then on, and keeps nothing; nor does who cannot be reached.
user     ana sms email
user     boris sms email
user     cat
team     ops  primary 5m
team     web  primary 5m
duty     ops primary calendar:rota
duty     web primary calendar:web
rota     rota  ana 2026-11-16/09:00 2026-11-21/09:00, boris 2026-11-21/09:00 2026-11-28/09:00
rota     web   cat 2026-11-16/10:00 2026-11-21/10:00, boris 2026-11-21/10:00 2026-11-28/10:00
away     ana 2026-11-21/09:00 2026-11-24/09:00
handoff  ops on
handoff  web on
shift-test ops hold
shift-test web hold

at 08:45     expect told boris email on-call
at 09:00     expect oncall ops primary boris
             expect told boris email on-call without "keeps it"; expect told boris sms test
             boris answers-test sms
at 09:45     expect told boris email on-call
at 10:00     expect oncall web primary boris
             expect told boris email on-call without "keeps it"; expect told boris sms test
             boris answers-test sms
