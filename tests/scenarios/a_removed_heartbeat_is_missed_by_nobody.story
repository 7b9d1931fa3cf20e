user     ana sms
last-resort db ana
team     db  ana 5h

at 02:00   ana adds-heartbeat backup db every 1h grace 10m
at 02:30   ana removes-heartbeat backup      expect entry heartbeat "ana removed the heartbeat backup"; expect nothing for 3h
           beat backup                       expect answer not-found
at 06:00   ana adds-heartbeat backup db every 1h grace 10m
at 07:10   expect page ana sms alert
           ana removes-heartbeat backup      expect state #1 resolved; expect told ana sms cleared
           crash
           restart                           expect nothing for 3h
