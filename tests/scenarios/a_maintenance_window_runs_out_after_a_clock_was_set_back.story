# Its calendar is not known: nothing says how long it is to hold then. What was left of it runs on, as
# of a silence by hand.
user     ana sms admin
last-resort db ana
team     db  ana 30m
maintenance patching calendar:patches host=db*
outages  patches 02:00 04:00

at 02:10   alert db key=a host=db1                         expect state suppressed
           change remove outages patches                   expect state suppressed
at 03:00   clock -8760h                                    expect entry silence "the clock was set back, and so was its end"; expect nothing for 59m
at +1m                                                     expect page ana sms alert "Held back by maintenance patching until now"; expect told ana sms notice
           ana acknowledges
