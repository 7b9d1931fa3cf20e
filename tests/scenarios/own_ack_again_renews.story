# "Keep it" renews the ack timeout.
user ann sms
last-resort db ann
ack-timeout db 30m
team db ann 10m
at 02:00   alert db              expect page ann sms
at 02:01   ann acknowledges
at 02:20   ann acknowledges      expect answer already ann
           expect nothing for 30m
at 02:50                         expect page ann sms still "acked 49m ago"
