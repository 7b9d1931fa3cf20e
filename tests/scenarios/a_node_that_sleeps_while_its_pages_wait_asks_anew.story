# Its pages wait for a store that it does not reach; it sleeps, and reaches the store when it wakes.
# A minute of sleep is no minute of asking in vain: it asks, and is told that another one is on duty.
nodes    2
user     ann sms
user     bob sms
last-resort db ann
team     db  ann 5m, bob 10m

at 02:00:00   a: alert db key=disk-7 "disk full"   expect page ann sms alert
at 02:04:50   cut a
at 02:05:00                                        expect page bob sms escalated
at 02:05:02   freeze a; heal a
at 02:05:30   b: bob acknowledges                  expect told ann sms acked
at 02:06:30   thaw a                               expect nothing; expect nothing for 3h
