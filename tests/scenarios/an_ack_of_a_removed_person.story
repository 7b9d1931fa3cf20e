# ... and an ack by nobody is no ack.
user ann sms
user bob sms
last-resort db bob
team db ann 5m, bob 5m
at 02:00   alert db                       expect page ann sms
at 02:01   ann acknowledges
at 02:02   change remove user ann         expect page bob sms; expect state triggered
