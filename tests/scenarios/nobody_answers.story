# Nobody answers: the walk climbs, an ack stops it, an ack that is forgotten brings it back.
user     ana sms
user     boris sms
last-resort db ana
team     db  ana 5m, boris 10m
ack-timeout db 4h

at 02:00   alert db key=disk-7 "disk full"   expect page ana sms alert
           expect next boris at 02:05
at 02:05                                     expect page boris sms escalated "Ana silent 5m"
at 02:06   boris acknowledges                expect told ana sms acked; expect stop boris
           expect stop ana; expect nothing for 4h
at 06:06                                     expect page boris sms still "acked 4h ago"
at 06:11                                     expect page ana sms again
