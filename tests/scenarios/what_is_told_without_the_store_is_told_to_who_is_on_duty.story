# The store is away and who was on duty dies: the other one goes on from its mirror. What it is told
# is in its diary, and an ack of that time holds when the store is back. So does the number that was said.
user ann sms
user bob sms
last-resort db bob
team db ann 5m, bob 10m
nodes 2 linked
at 02:00      a: alert db key=one "disk one"          expect page ann sms
at 02:01      store away; kill a
at 02:02      b: alert db key=two "disk two"          expect page ann sms alert
at 02:03      b: ann acknowledges                     
at 02:04      b: ann acknowledges #1
at 02:10      store back                              expect nothing for 1h
at 03:20      start a; expect incidents 2; expect state #1 acknowledged; expect state #2001 acknowledged
