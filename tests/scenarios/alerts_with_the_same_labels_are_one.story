# group.by: one incident with many alerts, over when all are.
user ann sms
user bob sms
last-resort db ann
team db ann 1h
group by=service,host window=10m
at 02:00      alert db key=a service=web host=h1 severity=error "one"     expect page ann sms alert
at 02:00:10   alert db key=b service=web host=h1 severity=error "two"     expect nothing; expect alerts 2
              expect rule b "group service=web, host=h1"; expect entry alert "joined by group service=web"
at 02:00:20   alert db key=c service=web host=h2 severity=error           expect page ann sms alert; expect incidents 2
at 02:00:30   alert db key=d service=web host=h1 severity=critical        expect nothing; expect severity #1 critical
at 02:01      clear db key=a                                              expect nothing; expect firing #1 2
at 02:01:10   clear db key=d                                              expect severity #1 error; expect entry alert "over"
at 02:01:20   clear db key=b                                              expect told ann sms cleared; expect state #1 resolved
at 02:02      alert db key=e service=web host=h1 severity=error           expect page ann sms alert
at 02:20      alert db key=f service=web host=h1 severity=error           expect page ann sms alert; expect incidents 3
at 02:21      crash
at 02:22      restart
at 02:23      alert db key=g service=web host=h1 severity=error           expect nothing; expect alerts #4 2
