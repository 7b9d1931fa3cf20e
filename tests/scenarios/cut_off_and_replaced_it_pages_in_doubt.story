# Who is on duty does not reach the store any more; the other one does, and takes over. The first one
# cannot know: it pages from memory, three seconds late, until it hears that it was replaced.
nodes    2
user     ann sms
user     bob sms
last-resort db ann
team     db  ann 5m, bob 10m

at 02:00:00   a: alert db key=disk-7 "disk full"   expect page ann sms alert
at 02:04:00   cut a
at 02:05:00                                        expect page bob sms escalated
at 02:05:03                                        expect page bob sms escalated stray
at 02:06:00   b: bob acknowledges                  expect told ann sms acked
at 02:10:00   heal a                               expect nothing
at 02:31:00   a: bob resolves                      expect state resolved; expect nothing
