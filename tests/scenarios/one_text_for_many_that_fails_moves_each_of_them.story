# The number is wrong, and there is no other way: each incident goes to the next person at once.
channel sms limit=20
user ann sms
user bob sms
last-resort db bob
team db ann 10m, bob 1h
at 02:00:00   alert db key=a service=a severity=error "one"     expect page ann sms
at 02:00:01   alert db key=b service=b severity=error "two"
at 02:00:02   alert db key=c service=c severity=error "three"
at 02:00:09   courier fails ann sms
at 02:00:10   expect page ann sms bundle "x2"; expect entry page-failed "ann cannot be reached by sms"
              expect page bob sms escalated
at 02:00:20   expect page bob sms escalated
