# What waited for others goes to nobody when its person has gone.
channel sms limit=20
user ann sms
user bob sms
last-resort db bob
team db ann 10m, bob 1h
at 02:00:00   alert db key=a service=a severity=error "one"     expect page ann sms
at 02:00:01   alert db key=b service=b severity=error "two"
at 02:00:05   change remove user ann                            expect page bob sms
at 02:00:15                                                     expect page bob sms; expect nothing for 5m
