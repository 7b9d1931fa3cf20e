# What began while pagerd was down is told when it is back, late; what was told is not told again.
user     ana sms email
user     boris sms email
team     ops  primary 5m
duty     ops primary calendar:rota
rota     rota  ana 2026-11-16/09:00 2026-11-23/09:00, boris 2026-11-23/09:00 2026-11-30/09:00, ana 2026-11-30/09:00 2026-12-07/09:00
handoff  ops on

at Sun 09:00                   expect told boris email soon
at Sun 09:01  crash; restart   expect nothing
at Mon 08:00  crash
at Mon 11:00  restart          expect told ana email off-call "since Mon 23 Nov 09:00. Boris has it. Thank you."
                               expect told boris email on-call "ops primary: you, Mon 23 Nov 09:00 to Mon 30 Nov 09:00."
at Mon 11:01  crash; restart   expect nothing for 24h
