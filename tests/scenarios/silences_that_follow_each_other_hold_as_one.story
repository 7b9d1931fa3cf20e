# What begins when another ends takes over what that held: nobody is woken for the moment between.
user     ana sms admin
last-resort db ana
team     db  ana 30m
ack-timeout db never
maintenance patching calendar:patches host=db*
maintenance network calendar:cables host=*
outages  patches 02:00 04:00, 05:00 06:00
outages  cables 06:00 07:00

at 02:10   alert db key=a host=db1                         expect state suppressed
at 02:20   ana silences host=db1 from 04:00 until 05:00    expect nothing for 99m
at 04:00                                                   expect told ana sms notice "1 held by another"; expect state suppressed; expect nothing for 59m
at 05:00                                                   expect told ana sms notice "1 held by another"; expect state suppressed
at 05:30   crash
at 06:30   restart
at +0s                                                     expect told ana sms notice "1 held by another" late; expect state suppressed
           expect nothing for 29m
at 07:00                                                   expect page ana sms alert "Held back by maintenance network until now"; expect told ana sms notice
