# It is an alert like any other: a silence holds it back.
user     ana sms
last-resort db ana
team     db  ana 5h

at 02:00   ana adds-heartbeat backup db every 1h grace 10m
           ana silences heartbeat=backup for 2h "moving"   expect nothing for 1h
at 03:10   expect state #1 suppressed
at 04:00   expect page ana sms alert "Held back by silence s1"; expect told ana sms notice
           beat backup                                     expect state #1 resolved; expect told ana sms cleared
