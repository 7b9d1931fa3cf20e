# A job that was set up wrongly is noticed.
user     ana sms
last-resort db ana
team     db  ana 30m

at 02:00   ana adds-heartbeat backup db every 1h grace 10m    expect nothing for 69m
at 03:10   expect page ana sms alert; expect summary #1 "backup was never seen since it was added Sat 21 Nov 02:00: no heartbeat for 1h10m"
           ana acknowledges #1
