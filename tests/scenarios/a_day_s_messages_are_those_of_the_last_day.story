# The same hour of the day before counts no more; what is no alarm has no first page that is let
# through, and the first page by another way is one.
channel sms cap=3
user ann sms mail admin
user bob mail
rule normal 0s sms, 2m sms
rule written 0s mail, 2m sms
severity error written waking
team db ann 1h
at Sat 02:00      alert db key=a service=a       expect page ann sms
at Sat 02:02                                     expect page ann sms again
                  ann acknowledges; ann resolves
at Sun 02:10      alert db key=b service=b       expect page ann sms
at Sun 02:12                                     expect page ann sms again
                  ann acknowledges; ann resolves
at Sun 02:20      alert db key=c service=c       expect page ann sms
at Sun 02:22                                     expect page ann mail; expect told ann sms notice "daily-cap"
                  ann acknowledges; ann resolves
at Sun 02:30      notice - "something"
at +0s                                           expect entry page-failed "daily-cap"
at Sun 02:40      alert db key=d service=d severity=error   expect page ann mail
at Sun 02:42                                     expect page ann sms again
                  ann acknowledges; ann resolves
at Sun 02:50      alert db key=e service=e       expect page ann sms
at Sun 02:52                                     expect page ann mail
                  ann acknowledges; ann resolves
at 2026-11-23/03:30   notice - "something"       expect told ann sms notice "something"
