# What a canary of a backup would prove is not known: it is over, and nobody hears that nobody acked it.
user     ana sms
user     mia sms admin
team     ops  ana 5m
last-resort ops ana

at 12:00   alert ops from=pagerd key=canary user=ana severity=critical "a test of the whole way, all is well"
           expect page ana sms alert
at 12:05   crash
at 12:10   recall   expect told mia sms notice "Open: 0"; expect state #1 resolved; expect nothing for 2h
