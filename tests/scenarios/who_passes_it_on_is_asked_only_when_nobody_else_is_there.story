# "Not me": whoever passes it on is left out of the next step, as long as anybody else is in it.
user ann sms
user bob sms
last-resort db ann
members db ann bob
team db bob 5m, everyone 5m
at 02:00   alert db                    expect page bob sms
           ann escalates "cannot see it"   expect page bob sms by-hand
at 02:05                               expect page ann sms last-resort
           ann escalates               expect page ann sms by-hand
