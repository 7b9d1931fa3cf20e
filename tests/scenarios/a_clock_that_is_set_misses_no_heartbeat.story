# Deadlines run on the steady clock.
user     ana sms
last-resort db ana
team     db  ana 5h

at 02:00   ana adds-heartbeat backup db every 1h grace 10m
           beat backup
at 02:10   clock +5h                         expect nothing for 30m
           beat backup
at +1m     clock -9h                         expect nothing for 68m
at +1m     expect page ana sms alert
           ana acknowledges #1
