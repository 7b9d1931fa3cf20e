# Rather early than late.
user     ana sms
last-resort db ana
team     db  ana 5m

at 02:00   ana silences host=db1 for 2h
at 02:10   alert db host=db1 "one"             expect state suppressed; expect nothing
at 02:20   clock +3h                           expect page ana sms alert "Held back" late; expect told ana sms notice late
           ana acknowledges
