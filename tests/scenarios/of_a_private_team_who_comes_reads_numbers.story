# Of a private team a handoff has numbers and states, and not what its incidents and silences say.
user     ana sms email
user     boris sms email
team     ops  primary 5m
private  ops
duty     ops primary calendar:rota
rota     rota    ana 2026-11-16/09:00 2026-11-23/09:00, boris 2026-11-23/09:00 2026-11-27/09:00
handoff  ops on
ack-timeout ops never

at Sat 13:00  ana silences service=backup team=ops for 3d "secret"
at Sat 14:00  alert ops key=b service=b "secret queue"   expect page ana sms
at Sat 14:01  ana acknowledges
at Sun 09:00  expect told boris email soon
at Mon 08:45  expect told boris email on-call "#1, acknowledged by ana" "LAST WEEK" "silence s1" without "secret"
at Mon 08:50  alert ops key=c service=c "secret load"   expect page ana sms
              ana acknowledges; ana resolves
at Mon 09:00  expect told ana email off-call without "secret"
              expect told boris email on-call "Changed since 08:45: 1." "#2, over" without "secret" without "#1"
