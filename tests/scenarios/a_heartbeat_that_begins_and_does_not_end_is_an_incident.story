user     ana sms
last-resort db ana
team     db  ana 5h

at 02:00   ana adds-heartbeat backup db every 24h grace 30m
at 03:00   beat backup start                 expect nothing for 29m
at 03:30   expect page ana sms alert; expect summary #1 "backup has not ended: it began Sat 21 Nov 03:00"
at 03:40   beat backup                       expect state #1 resolved; expect told ana sms cleared
at 04:00   beat backup start
at 04:20   beat backup                       expect nothing for 24h
