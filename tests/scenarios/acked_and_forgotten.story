# The acker is asked first; step 0 follows after its own wait, unless there is an ack.
user ann sms
user bob sms
last-resort db ann
ack-timeout db 30m
team db bob 5m, ann 5m
at 02:00   alert db              expect page bob sms alert
at 02:01   ann acknowledges      expect told bob sms acked; expect next ann at 02:31
at 02:31                         expect page ann sms still "acked 30m ago"; expect state triggered; expect entry ack-timeout
           expect nothing for 5m
at 02:36                         expect page bob sms again
at 02:37   bob acknowledges      expect told ann sms acked
