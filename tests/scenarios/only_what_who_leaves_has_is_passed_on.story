# What others have of that team, and what who leaves has of another one, stays as it is.
user     ana sms email
user     boris sms email
user     cat sms email
team     ops  primary 5m, everyone 10m
team     web  cat 1h
duty     ops primary calendar:rota
rota     rota  ana 2026-11-16/09:00 2026-11-21/09:00, boris 2026-11-21/09:00 2026-11-30/09:00
handoff  ops pass
ack-timeout ops never
ack-timeout web never

at 08:00  alert ops key=a service=a "ana's"    expect page ana sms
at 08:01  ana acknowledges
at 08:10  alert ops key=b service=b "cat's"    expect page ana sms
at 08:11  cat acknowledges                     expect told ana sms acked; expect told ana email acked
at 08:20  alert web key=c service=c "web's"    expect page cat sms
at 08:21  ana acknowledges                     expect told cat sms acked; expect told cat email acked
at 08:45  expect told boris email on-call "#1 CRIT ana's, acknowledged by ana"
at 09:00  expect told ana email off-call "1 open incident handed over: #1."; expect told boris email on-call "Open: 2"
          expect page boris sms by-hand "the shift is over"; expect owner #2 cat; expect owner #3 ana
at 09:01  boris acknowledges #1 take           expect told ana email acked
