# Somebody takes what is held back; the end of the silence leaves it to them.
user     ana sms
last-resort db ana
team     db  ana 5m

at 02:00   ana silences host=db1 for 2h
at 02:10   alert db host=db1 "one"           expect state suppressed; expect nothing
           ana acknowledges                  expect state acknowledged; expect owner ana
at 04:00   expect told ana sms notice "It held back 1: 0 not over and paged now, 1 dealt with meanwhile."; expect state acknowledged; expect nothing for 1h
