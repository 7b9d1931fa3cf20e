# It holds by the wall clock as it is: set back before its beginning, it has not begun; by a little,
# it goes on; set forward over its end, it is over.
user     ana sms admin
last-resort db ana
team     db  ana 2h
ack-timeout db never
maintenance patching calendar:patches host=db*
outages  patches 02:00 04:00, 06:00 07:00, 11:00 12:00

at 02:10   alert db key=a host=db1                         expect state suppressed
           clock -30m                                      expect state suppressed; expect nothing
           change outages patches 02:00 04:00, 06:00 08:00, 11:00 12:00     expect state suppressed; expect nothing
at 02:50   clock -2h                                       expect page ana sms alert; expect told ana sms notice
           ana acknowledges
at 01:50   alert db key=b host=db1                         expect page ana sms alert
at 02:00                                                   expect state #2 suppressed
at 02:10   clock +2h                                       expect page ana sms alert late; expect told ana sms notice late
           ana acknowledges
at 06:30   alert db key=c host=db1                         expect state suppressed
           clock -20m                                      expect nothing for 109m
at 08:00                                                   expect page ana sms alert; expect told ana sms notice
           ana acknowledges
at 12:10   clock -20m                                      expect nothing
           alert db key=d host=db1                         expect state suppressed; expect nothing for 9m
at 12:00                                                   expect page ana sms alert; expect told ana sms notice
