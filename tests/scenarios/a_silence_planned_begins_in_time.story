# Before it, all is paged; when it begins, what is being paged is held.
user     ana sms
last-resort db ana
team     db  ana 30m

at 02:00   ana silences host=db1 from 03:00 until 04:00 "network"
at 02:50   alert db host=db1 "one"           expect page ana sms alert
at 03:00                                     expect state suppressed; expect stop ana; expect nothing for 1h
at 04:00                                     expect page ana sms alert "Held back"; expect told ana sms notice
           ana acknowledges
