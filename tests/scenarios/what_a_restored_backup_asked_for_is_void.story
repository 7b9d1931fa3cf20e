# Shifts that began in the hours that are lost are taken as told; tests of then are not gone on with.
user     ana sms email admin
user     boris sms email
team     ops  primary 5m
duty     ops primary calendar:rota
rota     rota  ana 2026-11-16/09:00 2026-11-23/09:00, boris 2026-11-23/09:00 2026-11-30/09:00, ana 2026-11-30/09:00 2026-12-07/09:00
handoff  ops on

at Sun 08:00  boris asks-swap ops primary at 2026-11-23/10:00 with ana   expect told ana email swap
at Sun 09:00                   expect told boris email soon
at Sun 10:00  ana tests boris  expect told boris sms test
at Sun 10:00:30  crash
at Mon 11:00  recall           expect told ana email notice; expect nothing for 2h
