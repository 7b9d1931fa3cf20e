# Forgotten during the silence, paged after it.
user     ana sms
last-resort db ana
team     db  ana 5m
ack-timeout db 30m

at 02:00   alert db host=db1 "one"           expect page ana sms alert
           ana acknowledges
at 02:10   ana silences host=db1 for 2h
at 02:30                                     expect state suppressed; expect entry ack-timeout; expect nothing for 95m
at 04:10                                     expect page ana sms alert "Held back"; expect told ana sms notice "It held back 1"
           ana acknowledges
