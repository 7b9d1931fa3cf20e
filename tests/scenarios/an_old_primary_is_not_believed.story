# After a failover the second node reaches the old primary only, whose past it does not take for the
# present: the third one takes over.
nodes    3
user     ann sms
user     bob sms
last-resort db ann
team     db  ann 5m, bob 10m

at 02:00:00   a: alert db key=disk-7 "disk full"   expect page ann sms alert
at 02:04:00   stale b; kill a
at 02:04:02   c: bob acknowledges                  expect told ann sms acked
at 02:05:00   b: bob resolves                      expect nothing
at 02:05:10                                        expect told ann sms resolved; expect state resolved
