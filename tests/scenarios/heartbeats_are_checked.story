user     ana sms
last-resort db ana
team     db  ana 5m

at 02:00   nobody adds-heartbeat backup db every 1h grace 10m    expect answer refused
           ana adds-heartbeat backup web every 1h grace 10m      expect answer not-found
           ana adds-heartbeat "back up" db every 1h grace 10m    expect answer invalid
           ana adds-heartbeat backup db every 500ms grace 10m    expect answer invalid
           ana adds-heartbeat backup db every 1h grace 31d       expect answer invalid
           ana adds-heartbeat backup db every 1h grace 10m
           ana adds-heartbeat backup db every 1h grace 10m       expect answer invalid
           nobody removes-heartbeat backup                       expect answer refused
           beat none                                             expect answer not-found
           beat backup
