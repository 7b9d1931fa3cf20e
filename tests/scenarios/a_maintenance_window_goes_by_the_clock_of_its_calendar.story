# 01:30 to 03:30 in Berlin, over the hour that is twice: three hours of quiet; in spring one.
zone     Europe/Berlin
date     2026-10-25
user     ana sms admin
last-resort db ana
team     db  ana 30m
ack-timeout db never
maintenance patching calendar:patches host=db*
outages  patches 2026-10-25/01:30 2026-10-25/03:30, 2027-03-28/01:30 2027-03-28/03:30

at 01:40   alert db key=disk host=db1 "disk full"          expect state suppressed; expect nothing for 169m
at 03:30                                                   expect page ana sms alert; expect told ana sms notice
           ana acknowledges
           ana resolves
at 2027-03-28/01:40   alert db key=cpu host=db1 "cpu"      expect state suppressed; expect nothing for 49m
at 03:30                                                   expect page ana sms alert; expect told ana sms notice
