# The first of a service pages at once; the rest is one incident with one page.
user ann sms
last-resort db ann
team db ann 1h
storm 3 2m
at 02:00      alert db key=a service=web severity=error "web 1"    expect page ann sms alert
at 02:00:01   alert db key=b service=web severity=error "web 2"    expect nothing; expect entry gathering "waits for more"
              alert db key=c service=web severity=error "web 3"    expect nothing; expect incidents 3
              alert db key=d service=web severity=error "web 4"    expect nothing; expect incidents 2
              expect entry storm "more than 3"; expect entry merged; expect state #3 resolved
              expect alerts #2 3; expect rule #2 d "storm"; expect rule #2 c "storm, from #3"
              alert db key=e service=web severity=warning "web 5"  expect nothing; expect alerts #2 4
at 02:00:02                                                        expect page ann sms alert
at 02:00:20   alert db key=f service=web severity=error            expect nothing; expect alerts #2 5
              expect occurrences #2 5
at 02:01      alert db key=c service=web severity=error            expect nothing; expect occurrences #2 6
at 02:02      clear db key=c
              clear db key=b
              clear db key=d
              clear db key=e                                       expect nothing; expect state #2 triggered; expect firing #2 1
at 02:03      clear db key=f                                       expect told ann sms cleared; expect state #2 resolved
at 02:10      alert db key=g service=web severity=error            expect page ann sms alert
