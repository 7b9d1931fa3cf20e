# The calendar says when, the window says what; it is a silence in everything else.
user     ana sms admin
user     boris sms
last-resort db ana
team     db  ana 5m, boris 10m
ack-timeout db never
maintenance patching calendar:patches host=db*
outages  patches 02:00 04:00 "Kernel night", 23:00 23:30

at 01:58   alert db key=late host=db9 "late"               expect page ana sms alert
at 02:00                                                   expect state #1 suppressed; expect entry suppressed "maintenance patching (s1: Kernel night) holds it back until"
           expect entry silence "maintenance patching (s2): Sat 21 Nov 23:00 to Sat 21 Nov 23:30 host=db*"
at 02:10   alert db key=disk host=db1 "disk full"          expect state suppressed; expect nothing
at 02:20   alert db key=cpu host=web2 "cpu"                expect page ana sms alert
           ana acknowledges
at 02:30   alert db key=disk host=db1 "disk full"          expect occurrences #2 2; expect nothing
           clear db key=late                               expect state #1 resolved; expect nothing for 89m
at 04:00                                                   expect page ana sms alert "Held back by maintenance patching until now"; expect told ana sms notice "Maintenance patching (s1: Kernel night) is over. It held back 2: 1 not over and paged now (#2), 1 dealt with meanwhile."; expect state #2 triggered; expect entry released; expect entry silence-ended "maintenance patching (s1: Kernel night) is over"
at 04:05                                                   expect page boris sms escalated "Ana silent 5m"
at 04:06   boris acknowledges #2                           expect told ana sms acked
at 22:59   boris resolves #2
at 23:10   alert db key=net host=db2 "net"                 expect state suppressed; expect nothing
           clear db key=net                                expect state resolved; expect nothing for 19m
at 23:30                                                   expect told ana sms notice "It held back 1: 0 not over and paged now, 1 dealt with meanwhile."; expect nothing for 12h
