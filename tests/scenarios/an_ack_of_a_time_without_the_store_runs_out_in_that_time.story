# Who goes on from the mirror is told the ack as of before the store went, and a new alert as of
# now: by then the ack has run out, as it had on the node that was given it.
user ann sms
last-resort db ann
team db ann 5m x2
ack-timeout db 10m
nodes 2 linked
at 02:00      a: alert db key=one           expect page ann sms
at 02:01      end b; store away
at 02:02      a: ann acknowledges #1        expect nothing for 10m
at 02:12                                    expect page ann sms still
at 02:13      a: alert db key=two severity=info; kill a
at 02:14      start a
at 02:14:03                                 expect page ann sms still late
