# The connection is lost with a commit that is on disk: its sender hears 503 and repeats it, and
# whoever comes first, the same node or the next, goes on from it. It is one incident.
nodes    2
user     ann sms
user     bob sms
last-resort db ann
team     db  ann 5m, bob 10m

at 02:00:00   cut a landed
at 02:00:05   a: alert db key=disk-7 "disk full"   expect nothing
at 02:00:06   heal a                               expect page ann sms alert
at 02:00:20   expect incidents 1; expect nothing
at 02:01:00   cut a landed
at 02:01:05   a: alert db key=disk-8 service=other "disk full too"
at 02:01:07                                        expect page ann sms alert repeat
at 02:01:10                                        expect page ann sms alert stray
at 02:01:30   expect incidents 2; expect nothing
