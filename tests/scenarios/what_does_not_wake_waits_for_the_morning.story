# While she sleeps nobody is paged and the walk stands still; in the morning all comes as one page.
user ann sms email quiet=22:00-07:00
user bob sms email quiet=22:00-07:00
rule soft 0s sms+email, 30m sms
severity warning soft not-waking held
last-resort db bob
team db ann 5m, bob 5m
at 21:00   alert db key=a service=a severity=warning "db1: disk 81%"   expect page ann sms alert; expect page ann email alert
at 21:01   ann acknowledges
at 21:02   ann resolves
at 23:10   alert db key=b service=b severity=warning "db1: disk 82%"
           expect nothing; expect state suppressed; expect next ann at 07:00
           expect entry held "held until Sun 22 Nov 07:00, Ann's morning"
at 01:00   alert db key=c service=c severity=warning "web: certificate 9 days"   expect nothing
at 02:00   alert db key=d service=d severity=warning "mx1: queue 4000"   expect nothing
at 03:00   clear db key=c   expect state #3 resolved; expect nothing for 4h
at 07:00   expect entry released "the morning has come"; expect nothing
at 07:00:01   expect page ann sms digest "x2 since 23:10: db1: disk 82%, #4 mx1: queue 4000"
              expect page ann email digest "x2 since 23:10: db1: disk 82%, #4 mx1: queue 4000"
# From here on each of them goes its own way.
at 07:02   ann acknowledges #2
at 07:05   expect page bob sms escalated; expect page bob email escalated
at 07:06   bob acknowledges #4   expect told ann email acked
