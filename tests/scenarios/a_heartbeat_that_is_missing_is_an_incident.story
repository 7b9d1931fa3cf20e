# Every hour, ten minutes late at most; found again resolves it.
user     ana sms
last-resort db ana
team     db  ana 30m

at 02:00   ana adds-heartbeat backup db every 1h grace 10m   expect entry heartbeat "backup of db is expected every 1h, 10m late at most"
at 03:05   beat backup                                        expect nothing for 69m
at 04:15   expect page ana sms alert; expect summary #1 "backup is silent since Sat 21 Nov 03:05: no heartbeat for 1h10m"
           ana acknowledges #1
at 04:40   beat backup                                        expect state #1 resolved; expect nothing for 69m
at 05:50   expect page ana sms alert
           ana resolves #2
at 05:55   beat backup                                        expect nothing for 69m
