# Once in five minutes, with all that came; a rise wakes at once.
user ann sms
user bob sms
last-resort db ann
team db ann 8h
severity warning normal not-waking
group by=service window=2h
at 02:00      alert db key=a service=web severity=error   expect page ann sms alert
at 02:01      ann acknowledges
at 02:02      alert db key=b service=web severity=error   expect nothing
at 02:02:01   alert db key=c service=web severity=error   expect nothing
at 02:02:05                                               expect told ann sms grown "it was x1"
at 02:03      alert db key=d service=web severity=error   expect nothing
at 02:03:10   alert db key=e service=web severity=error   expect nothing
at 02:07:05                                               expect told ann sms grown "it was x3"; expect state acknowledged
at 02:20      bob acknowledges take                       expect nothing
at 02:21      ann snoozes for 1h                          expect state snoozed
at 02:22      alert db key=f service=web severity=error   expect nothing
at 02:23      alert db key=g service=web severity=critical expect page ann sms again; expect state triggered
