# Who stands by hands what it is asked to who is on duty, which is frozen: the call waits in the store,
# and whoever takes over does it. It is answered then, once.
nodes    3
user     ann sms
user     bob sms
last-resort db ann
team     db  ann 5m, bob 10m

at 02:00:00   freeze a
at 02:00:01   c: alert db key=disk-7 "disk full"   expect nothing
at 02:00:02                                        expect page ann sms alert
at 02:00:30   expect occurrences 1; expect nothing
at 02:01:00   c: ann acknowledges
at 02:02:00   thaw a                               expect nothing for 3h
