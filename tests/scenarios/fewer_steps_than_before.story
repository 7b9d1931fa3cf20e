# A place past the end of the new steps is the last resort.
user ann sms
user bob sms
user cat sms
last-resort db cat
team db ann 5m, bob 5m, ann 5m
at 02:00   alert db                expect page ann sms
at 02:05                           expect page bob sms
at 02:10                           expect page ann sms
at 02:11   change team db ann 5m   expect nothing
at 02:15                           expect page cat sms last-resort
