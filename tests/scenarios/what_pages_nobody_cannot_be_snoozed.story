# There is nothing to sleep on; asked by hand it becomes somebody's.
user ann sms
user bob sms
last-resort db ann
team db ann 5m
at 02:00   alert db severity=info       expect state suppressed
           ann snoozes for 1h           expect answer invalid; expect state suppressed
           ann escalates                expect page ann sms by-hand; expect state triggered
           ann reassigns to bob         expect page bob sms by-hand; expect stop ann
           bob acknowledges             expect told ann sms acked
