# The one it was passed on to is silent: the walk goes on.
user ann sms
user bob sms
user cat sms
last-resort db cat
ack-timeout db 1h
team db ann 5m, bob 5m
at 02:00   alert db            expect page ann sms
at 02:01   ann escalates       expect page bob sms by-hand; expect stop ann; expect state triggered
at 02:06                       expect page cat sms last-resort
at 02:11                       expect page cat sms last-resort
