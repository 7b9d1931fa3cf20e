# Nobody could be heard while pagerd was down.
user     ana sms
last-resort db ana
team     db  ana 5h

at 02:00   ana adds-heartbeat backup db every 1h grace 10m
           ana adds-heartbeat cron db every 1h grace 20m
           beat backup
           beat cron
at 02:30   crash
at 06:00   restart                           expect nothing for 4m
at 06:05   beat cron
at 06:10   expect page ana sms alert; expect summary #1 "backup is silent since Sat 21 Nov 02:00: no heartbeat for 4h10m"
           ana acknowledges #1                expect nothing for 64m
