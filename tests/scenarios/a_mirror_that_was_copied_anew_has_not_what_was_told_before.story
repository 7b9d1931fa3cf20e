# The store is back for a moment only: the mirror is a new one, and what b was told without the
# store has not been handed in yet. It is told to b's own engine again.
user ann sms
last-resort db ann
team db ann 5m
nodes 2 linked
at 02:00:00   store away; kill a
at 02:00:10   b: alert db key=one           expect page ann sms alert
at 02:01:00   store back
at 02:01:01   store away
at 02:01:04                                 expect page ann sms alert
at 02:02:00   store back
at 02:02:03                                 expect page ann sms alert; expect nothing for 2m
