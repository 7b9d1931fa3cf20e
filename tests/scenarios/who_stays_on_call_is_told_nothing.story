# Of two people one goes and one stays: who stays is told of neither.
user     ana sms email
user     boris sms email
user     cat sms email
team     ops  primary 5m
duty     ops primary calendar:rota
rota     rota  ana+boris 2026-11-16/09:00 2026-11-23/09:00, boris+cat 2026-11-23/09:00 2026-11-27/09:00
handoff  ops on

at Sun 09:00  expect told cat email soon
at Mon 08:45  expect told cat email on-call "Before you: Ana, Boris"
at Mon 09:00  expect told ana email off-call; expect told cat email on-call
