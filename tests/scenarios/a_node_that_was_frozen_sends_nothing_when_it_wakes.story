# It was frozen between the commit and the page: the next one on duty sends that page, and says that
# it may be a repeat. Who wakes up asks first, hears that it is replaced, and stands by.
nodes    2
user     ann sms
user     bob sms
last-resort db ann
team     db  ann 5m, bob 10m

at 02:00:00   freeze a after-commit
at 02:00:10   a: alert db key=disk-7 "disk full"   expect nothing
at 02:00:12                                        expect page ann sms alert repeat
at 02:01:00   b: ann acknowledges
at 02:30:00   thaw a                               expect nothing
at 02:31:00   a: ann resolves                      expect state resolved; expect nothing for 4h
