# The provider of texts is down: what goes as one text goes by the next method at the same time, for
# each of the incidents.
channel sms limit=20
user ann sms push
user bob email admin
last-resort db ann
team db ann 1h
at 02:00:00   alert db key=a service=a severity=error "one"     expect page ann sms
at 02:00:01   alert db key=b service=b severity=error "two"
at 02:00:02   alert db key=c service=c severity=error "three"
at 02:00:09   probe sms bad; probe sms bad; probe sms bad   expect told bob email notice
at 02:00:10   expect page ann sms bundle "x2"; expect page ann push; expect page ann push
              expect told bob email notice "CLEARED"
