# Two windows side by side; the one that ends last holds; a month and a day is too long for one.
user     ana sms admin
user     boris sms
last-resort db ana
last-resort web boris
team     db  ana 30m
team     web boris 2h
ack-timeout db never
maintenance patching calendar:patches team=db host=h*
maintenance network calendar:cables severity=critical
maintenance frozen calendar:freeze host=x*
outages  patches 02:00 04:00
outages  cables 03:00 05:00
outages  freeze 2026-11-21/00:00 2026-12-22/00:00 "too long"

at 02:10   alert db key=a host=h1                          expect state suppressed
           alert web key=b host=h1                         expect page boris sms alert
at 03:00                                                   expect state #2 suppressed
at 03:10   clear web key=b                                 expect nothing for 49m
at 04:00                                                   expect state #1 suppressed; expect told ana sms notice "It held back 1: 0 not over and paged now, 1 held by another."; expect nothing for 59m
at 05:00                                                   expect page ana sms alert "Held back by maintenance network until now"; expect told ana sms notice
           ana acknowledges #1
at 05:10   alert db key=c host=x1                          expect page ana sms alert
