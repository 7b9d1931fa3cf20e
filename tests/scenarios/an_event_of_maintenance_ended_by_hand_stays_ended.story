# Whoever ends it is done with it: neither a new version of its calendar nor a crash begins it again;
# the next event holds as it should.
user     ana sms admin
last-resort db ana
team     db  ana 30m
ack-timeout db never
maintenance patching calendar:patches host=db*
outages  patches 02:00 06:00 "Kernel", 10:00 11:00, 12:00 13:00

at 02:10   alert db key=a host=db1                         expect state suppressed
           ana ends-silence s1                             expect page ana sms alert; expect told ana sms notice
           ana acknowledges
at 02:30   change outages patches 01:30 06:30 "Kernel", 10:00 11:00, 12:00 13:00     expect nothing
           alert db key=b host=db2                         expect page ana sms alert
           ana acknowledges
           crash
at 03:00   restart                                         expect nothing
           alert db key=c host=db3                         expect page ana sms alert
           ana acknowledges
           ana ends-silence s2                             expect entry silence-ended "(s2) is over, ended by ana"
at 10:10   alert db key=d host=db4                         expect page ana sms alert
           ana acknowledges
at 12:10   alert db key=e host=db5                         expect state suppressed; expect nothing for 49m
at 13:00                                                   expect page ana sms alert; expect told ana sms notice
