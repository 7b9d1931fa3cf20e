# Reassign asks now and goes on with the steps when there is no answer.
user ann sms
user bob sms
user cat sms
last-resort db ann
team db ann 5m, cat 5m
at 02:00   alert db                                   expect page ann sms
at 02:01   ann acknowledges
at 02:02   ann reassigns to bob "you know this one"   expect page bob sms by-hand "you know this one"; expect owner ann
at 02:07                                              expect page ann sms again
at 02:08   ann acknowledges                           expect answer already; expect told bob sms acked; expect stop bob; expect nothing for 30m
at 02:40   ann reassigns to zoe                       expect answer not-found
