# Resolved and back within the silence: each episode is held.
user     ana sms
last-resort db ana
team     db  ana 5m

at 02:00   ana silences host=db1 for 2h
at 02:10   alert db host=db1 "one"           expect state suppressed; expect nothing
at 02:20   clear db                          expect nothing
at 02:30   alert db host=db1 "one"           expect state suppressed; expect again #2 after #1; expect nothing for 1h
at 04:00   expect page ana sms alert "Held back"; expect told ana sms notice "It held back 2: 1 not over and paged now (#2), 1 dealt with meanwhile."
           ana acknowledges
