# The silence is for one host of a service. Another host of it has its own incident, and is paged.
user ann sms
last-resort db ann
team db ann 8h
group by=service window=2h
at 02:00      ann silences host=db1 for 2h "disk swap"
at 02:10      alert db key=a service=web host=db1   expect state #1 suppressed; expect nothing
at 02:11      alert db key=b service=web host=db2   expect page ann sms alert; expect state #2 triggered; expect state #1 suppressed
              ann acknowledges #2
at 02:12      alert db key=c service=web host=db1   expect nothing; expect occurrences #1 2
at 02:13      alert db key=d service=web host=db3   expect occurrences #2 2
at 02:13:05                                         expect told ann sms grown "it was x1"
at 04:00                                            expect page ann sms alert "Held back by silence s1 until now"; expect told ann sms notice; expect state #1 triggered
