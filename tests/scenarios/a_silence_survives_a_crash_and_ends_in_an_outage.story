# What it held back is paged when pagerd is back, late and marked so.
user     ana sms
last-resort db ana
team     db  ana 5m

at 02:00   ana silences host=db1 for 2h
at 02:10   alert db key=a host=db1 "one"       expect state suppressed; expect nothing
at 02:20   crash
           restart                             expect state #1 suppressed; expect nothing
           alert db key=b host=db1 "two"       expect state #2 suppressed; expect nothing
at 03:00   crash
at 05:00   restart
at +0s                                         expect page ana sms alert "Held back by silence s1 until now" late; expect page ana sms alert "Held back by silence s1 until now" late; expect told ana sms notice late
           ana acknowledges #1
           ana acknowledges #2
