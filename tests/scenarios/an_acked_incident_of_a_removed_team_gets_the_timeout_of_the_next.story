# An incident is acked, passed on, and its team, whose acks last for ever, is dissolved: the team that
# has it then is asked again when its own time for acks is over.
user ann sms
user bob sms
last-resort db ann
last-resort net bob
team db ann 5m
ack-timeout db 4h
team net bob 5m
ack-timeout net never
at 02:00:00   alert net              expect page bob sms
at 02:00:10   bob acknowledges
at 02:01:00   ann escalates          expect page bob sms
at 02:02:00   change remove team net expect page ann sms
at 02:02:10   ann acknowledges take  expect told bob sms
at 06:02:10   expect page ann sms still
