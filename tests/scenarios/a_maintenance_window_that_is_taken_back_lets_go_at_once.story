# By its calendar, by the configuration, by another match, by hand; what is planned goes quietly.
user     ana sms admin
last-resort db ana
team     db  ana 30m
ack-timeout db never
maintenance patching calendar:patches host=db*
outages  patches 02:00 04:00 "Kernel", 23:00 23:30

at 02:10   alert db key=a host=db1                         expect state suppressed
at 02:20   change outages patches 23:00 23:30              expect page ana sms alert "Held back by maintenance patching until now"; expect told ana sms notice
           expect entry silence-ended "maintenance patching (s1: Kernel) is over"; expect no-entry silence
           ana acknowledges
at 02:30   change outages patches 02:00 04:00 "Again", 23:00 23:30     expect entry silence "maintenance patching (s3: Again)"
           alert db key=b host=db1                         expect state suppressed
at 02:40   change maintenance patching calendar:patches host=web*      expect page ana sms alert; expect told ana sms notice
           ana acknowledges
           change maintenance patching calendar:patches host=db*
at 02:50   alert db key=c host=db1                         expect state suppressed
           change remove maintenance patching              expect page ana sms alert; expect told ana sms notice
           ana acknowledges
           change maintenance patching calendar:patches host=db*
at 03:00   change outages patches 02:00 05:00 "Longer"     expect entry silence "ends Sat 21 Nov 05:00, says its calendar"
           alert db key=d host=db1                         expect state suppressed; expect nothing for 119m
at 05:00                                                   expect page ana sms alert; expect told ana sms notice
           ana acknowledges
at 05:01   change outages patches                          expect nothing
           alert db key=e host=db1                         expect page ana sms alert
