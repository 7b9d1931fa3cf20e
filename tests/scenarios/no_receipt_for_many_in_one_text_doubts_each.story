# One text stood for two incidents, and no receipt came: the next method is paged for each of them
# that still waits.
channel sms limit=20 receipt=30s
user ann sms push
last-resort db ann
team db ann 1h
at 02:00:00   courier arrives ann sms after 1s
              alert db key=a service=a severity=error "one"     expect page ann sms
at 02:00:01   alert db key=b service=b severity=error "two"
at 02:00:02   alert db key=c service=c severity=error "three"
at 02:00:03   alert db key=d service=d severity=error "four"
at 02:00:09   courier sends ann sms
at 02:00:10   expect page ann sms bundle "x3"
at 02:00:20   ann acknowledges #2
at 02:00:40   expect page ann push "" ; expect page ann push; expect nothing for 30m
