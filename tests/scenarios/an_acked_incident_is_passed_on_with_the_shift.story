# Where a team wants it, what who leaves has acked is asked of who comes; it stays acked meanwhile.
user     ana sms email
user     boris sms email
team     ops  primary 5m, everyone 10m
duty     ops primary calendar:rota
rota     rota  ana 2026-11-16/09:00 2026-11-21/09:00, boris 2026-11-21/09:00 2026-11-30/09:00
handoff  ops pass
ack-timeout ops never

at 08:00  alert ops key=a "disk full"   expect page ana sms
at 08:01  ana acknowledges
at 08:45     expect told boris email on-call
at 09:00  expect told ana email off-call "1 open incident handed over: #1."; expect told boris email on-call "Open: 1"
          expect page boris sms by-hand "the shift is over"; expect owner ana
at 09:01  boris acknowledges take       expect owner boris; expect told ana email acked
