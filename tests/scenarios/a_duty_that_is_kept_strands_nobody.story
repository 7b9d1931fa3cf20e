# shift-test hold: not kept by who pauses, and an ack of who comes ends it.
user     ana sms email
user     boris sms email
user     cat sms email
team     ops  primary 5m
members  ops  ana boris cat
manager  ops  cat
duty     ops primary calendar:rota
rota     rota  ana 2026-11-16/09:00 2026-11-21/09:00, boris 2026-11-21/09:00 2026-11-22/09:00, ana 2026-11-22/09:00 2026-11-30/09:00
handoff  ops on
shift-test ops hold

at 08:00     alert ops key=a "disk"          expect page ana sms
             ana acknowledges
at 08:45     expect told boris email on-call "LAST WEEK"
at 09:00     expect oncall ops primary ana; expect told ana email cover; expect told ana email soon; expect told boris email on-call; expect told boris sms test
at 09:01     ana pauses for 1h
             expect oncall ops primary boris
at 09:02     alert ops key=b "cpu"           expect page boris sms
             boris acknowledges #2
             expect oncall ops primary boris; expect told ana email notice "an answer came"
at 09:03     boris answers-test sms
at 10:30     expect oncall ops primary boris
