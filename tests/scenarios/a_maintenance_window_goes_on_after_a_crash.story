# What was held stays held, what comes is held, and the end is the calendar's; also of one that ends
# while pagerd is down, and of one whose calendar is not read yet.
user     ana sms admin
last-resort db ana
team     db  ana 30m
ack-timeout db never
maintenance patching calendar:patches host=db*
outages  patches 02:00 04:00, 06:00 08:00, 10:00 12:00

at 02:10   alert db key=disk host=db1                      expect state suppressed
at 02:30   crash
at 03:00   restart                                         expect state #1 suppressed; expect nothing
           alert db key=cpu host=db2                       expect state suppressed; expect nothing for 59m
at 04:00                                                   expect page ana sms alert; expect page ana sms alert; expect told ana sms notice "It held back 2"
           ana acknowledges #1; ana acknowledges #2
           ana resolves #1; ana resolves #2
at 06:30   alert db key=net host=db3                       expect state suppressed
at 07:00   crash
at 09:00   restart
at +0s                                                     expect page ana sms alert late; expect told ana sms notice late
           ana resolves #3
at 10:30   alert db key=fan host=db4                       expect state suppressed
           crash
           change remove outages patches
at 11:00   restart                                         expect state #4 suppressed
           alert db key=fun host=db4                       expect state suppressed
           change outages patches                          expect page ana sms alert; expect page ana sms alert; expect told ana sms notice
