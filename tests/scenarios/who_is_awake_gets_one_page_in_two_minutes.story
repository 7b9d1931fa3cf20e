# The time counts from the last page that went, also from one that had waited itself.
user ann sms
last-resort db ann
awake 30m 2m
team db ann 2h
at 02:00:00   ann is-awake for 3h
              alert db key=a service=a severity=error   expect page ann sms
at 02:00:30   alert db key=b service=b severity=error   expect nothing
at 02:02:00                                             expect page ann sms
at 02:03:00   alert db key=c service=c severity=error   expect nothing
at 02:04:00                                             expect page ann sms; expect nothing for 30m
