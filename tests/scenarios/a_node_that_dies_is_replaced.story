# Two nodes on one store: who is on duty is killed; two seconds later the other one goes on, in time.
nodes    2
user     ann sms
user     bob sms
last-resort db ann
team     db  ann 5m, bob 10m

at 02:00:00   b: alert db key=disk-7 "disk full"   expect page ann sms alert
at 02:04:59   kill a
at 02:05:00   expect nothing
at 02:05:01                                        expect page bob sms escalated "Ann silent 5m"
at 02:06:00   b: bob acknowledges                  expect told ann sms acked; expect nothing for 4h
