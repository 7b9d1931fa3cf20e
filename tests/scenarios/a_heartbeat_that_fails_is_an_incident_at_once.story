# With what it said; the next good one resolves it, a start does not.
user     ana sms
last-resort db ana
team     db  ana 5h

at 02:00   ana adds-heartbeat backup db every 24h grace 1h severity=error
at 02:30   beat backup fail "disk full"      expect page ana sms alert; expect summary #1 "backup says that it failed"; expect severity #1 error
           beat backup log "noise"           expect state #1 triggered
           beat backup start                 expect state #1 triggered
at 02:40   beat backup                       expect state #1 resolved; expect told ana sms cleared
