# What is known is told as of before the store went, so that nothing is overdue; an ack lasts from
# when it was given all the same.
user ann sms
last-resort db ann
team db ann 5m x2
ack-timeout db 10m
nodes 2 linked
at 02:00      a: alert db key=one           expect page ann sms
at 02:01      store away; kill a
at 02:05                                    expect page ann sms again
at 02:09      b: ann acknowledges #1
at 02:14      store back                    expect nothing for 4m
at 02:19                                    expect page ann sms still
