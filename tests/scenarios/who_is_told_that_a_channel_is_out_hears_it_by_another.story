# News go by the quiet contact as long as that works, else by the first that does.
user ann sms
user bob email sms push admin
last-resort db ann
team db ann 1h
at 02:00:00   probe email bad; probe email bad; probe email bad   expect told bob sms notice "email fails since 02:00"
at 02:01:00   probe sms bad; probe sms bad; probe sms bad         expect told bob push notice "sms fails since 02:01"
at 02:02:00   probe email good                                    expect told bob email notice "CLEARED pagerd: email works again"
at 02:03:00   notice - "something"                                expect told bob email notice "something"
