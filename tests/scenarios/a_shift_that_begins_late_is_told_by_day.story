# A shift that begins in the night is told on the evening of the day before; nobody is told who is away
# then.
user     ana sms email
user     boris sms email
user     cat sms email
team     ops  primary 5m
duty     ops primary calendar:rota
rota     rota  ana 2026-11-16/09:00 2026-11-23/23:30, boris 2026-11-23/23:30 2026-11-25/23:30, cat 2026-11-25/23:30 2026-11-27/09:00
away     cat 2026-11-25/00:00 2026-11-28/00:00
handoff  ops on

at Sun 17:59  expect nothing
at Sun 18:00  expect told boris email soon "from Mon 23 Nov 23:30"
at Mon 23:15  expect told boris email on-call
at Mon 23:30  expect told ana email off-call; expect told boris email on-call; expect nothing for 24h
