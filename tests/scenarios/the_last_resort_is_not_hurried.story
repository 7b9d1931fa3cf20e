# Rounds of the last resort are 5 minutes apart at least.
user ann sms
user bob sms
last-resort db bob
team db ann 1m
at 02:00   alert db   expect page ann sms
at 02:01              expect page bob sms last-resort
at 02:06              expect page bob sms last-resort
