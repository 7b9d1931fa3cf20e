# Who has it when notices of shifts are switched on again is taken as known.
user     ana sms email
user     boris sms email
team     ops  primary 5m
duty     ops primary calendar:rota
rota     rota  ana 2026-11-16/09:00 2026-11-21/12:00, boris 2026-11-21/12:00 2026-11-28/09:00
handoff  ops on

at 10:00     change handoff ops off     expect nothing for 3h
at 13:00     change handoff ops on      expect nothing for 1h
