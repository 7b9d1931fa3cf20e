# Cover is told as cover; who is away is told nothing of a shift, and nobody is told twice.
user     ana sms email
user     boris sms email
user     cat sms email
team     ops  primary 5m
duty     ops primary calendar:rota
recovery off cover=cat
rota     rota  ana 2026-11-16/09:00 2026-11-23/09:00, boris 2026-11-23/09:00 2026-11-30/09:00
away     boris 2026-11-22/00:00 2026-11-25/00:00
handoff  ops on

at Sun 00:00     expect told cat email cover
at Sun 00:01     expect nothing for 32h
at Mon 09:00     expect told ana email off-call "Cat has it"
at Mon 09:01     expect nothing for 72h
