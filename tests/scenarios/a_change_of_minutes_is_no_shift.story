# Half an hour of somebody else in the rota is told to nobody.
user     ana sms email
user     boris sms email
team     ops  primary 5m
duty     ops primary calendar:rota
rota     rota  ana 2026-11-16/09:00 2026-11-21/12:00, boris 2026-11-21/12:00 2026-11-21/12:30, ana 2026-11-21/12:30 2026-11-30/09:00
handoff  ops on

at 11:00     expect nothing for 3h
at 15:00     expect oncall ops primary ana
