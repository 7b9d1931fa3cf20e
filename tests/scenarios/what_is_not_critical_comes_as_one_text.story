# Several within seconds: the first at once, the others as one text; what is critical does not wait.
channel sms limit=20
user ann sms
last-resort db ann
team db ann 1h
at 02:00:00   alert db key=a service=a severity=error "one"     expect page ann sms alert
at 02:00:01   alert db key=b service=b severity=error "two"     expect nothing
at 02:00:02   alert db key=c service=c severity=error "three"   expect nothing
at 02:00:03   alert db key=d service=d "four"                   expect page ann sms alert
at 02:00:10             expect page ann sms bundle "x2 since 02:00"; expect nothing for 30m
