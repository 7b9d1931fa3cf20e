# The courier tells an old outcome again while a later attempt is under way: that attempt has its own
# outcome still to come, so nothing is sent beside it.
user ann sms
last-resort db ann
team db ann 30m
at 02:00   courier retries ann sms after 90s
at 02:01   alert db key=a              expect page ann sms alert
at 02:02:40                            expect page ann sms alert
at 02:03   courier repeats             expect answer already; expect nothing
at 02:03:59                            expect nothing
at 02:04   ann acknowledges
