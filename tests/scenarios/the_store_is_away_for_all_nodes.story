# Nobody takes over from whom nobody can: who was on duty pages from memory, and is still on duty when
# the store is back; what it kept is written then, and what was refused comes again.
nodes    2
user     ann sms
user     bob sms
last-resort db ann
team     db  ann 5m, bob 10m

at 02:00:00   a: alert db key=disk-7 "disk full"   expect page ann sms alert
at 02:04:00   store away
at 02:05:00   b: alert db key=disk-8 service=other "disk full too"
at 02:05:03                                        expect page bob sms escalated
at 02:06:00   store back
at 02:06:10                                        expect page ann sms alert
at 02:06:11   kill a
at 02:06:13   expect state triggered; expect incidents 2; expect nothing
at 02:07:00   b: ann acknowledges; b: bob acknowledges #1    expect told ann sms acked
