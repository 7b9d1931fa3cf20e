# Acked for ever was the rule when Ann acked. The new one counts for what is acked already, too.
user ann sms
last-resort db ann
ack-timeout db never
team db ann 5m
at 02:00   alert db                   expect page ann sms
           ann acknowledges           expect nothing for 10h
at 12:00   change ack-timeout db 1h   expect nothing for 59m
at 13:00                              expect page ann sms still "acked 11h ago"
