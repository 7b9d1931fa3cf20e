# Of two one stays, who knows of the shift: nobody keeps it for them.
user     ana sms email
user     boris sms email
user     cat sms email
team     ops  primary 5m
duty     ops primary calendar:rota
rota     rota  ana+boris 2026-11-16/09:00 2026-11-21/09:00, boris+cat 2026-11-21/09:00 2026-11-28/09:00
handoff  ops on
shift-test ops hold

at 08:45     expect told cat email on-call
at 09:00     expect oncall ops primary boris+cat
             expect told ana email off-call; expect told cat email on-call without "keeps it"
             expect told boris sms test; expect told cat sms test
at 09:01     boris answers-test sms; cat answers-test sms
