# Info pages nobody. That somebody acked one by mistake, or forgot it, does not change that.
user ann sms email
user bob sms
last-resort db bob
ack-timeout db 1h
team db ann 5m
at 03:00   alert db severity=info   expect state suppressed
at 03:01   ann acknowledges         expect state acknowledged
at 03:02   ann undoes               expect nothing; expect state suppressed
at 03:03   ann acknowledges
at 04:03                            expect nothing; expect state suppressed; expect entry ack-timeout
# Asked by hand it is somebody's, and then it is not dropped silently.
at 04:04   ann reassigns to bob     expect page bob sms by-hand; expect state triggered
at 04:05   bob acknowledges
at 04:06   bob undoes               expect page ann sms alert; expect page ann email alert
