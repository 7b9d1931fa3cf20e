# A step of another incident that comes meanwhile does not send what waits for others.
channel sms limit=20
user ann sms push
last-resort db ann
rule normal 0s sms, 5s push
team db ann 1h
at 02:00:00   alert db key=a service=a                        expect page ann sms alert
at 02:00:01   alert db key=b service=b severity=error "two"   expect nothing
at 02:00:05                                                   expect page ann push again
at 02:00:10                                                   expect page ann sms alert
at 02:00:15                                                   expect page ann push again; expect nothing for 59m
