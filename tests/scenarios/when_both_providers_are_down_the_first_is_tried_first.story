# No provider of the channel works: the next method is paged at once, and the page itself begins
# with the first one, whose fault hands it to the second.
channel sms second
user ann sms push
user bob email admin
last-resort db ann
severity error normal waking
team db ann 1h
at 02:00:00   courier retries ann sms
              alert db key=a service=a  expect page ann sms; expect page ann sms.2; expect page ann push
at 02:00:01   alert db key=b service=b  expect page ann sms; expect page ann sms.2; expect page ann push
at 02:00:02   alert db key=c service=c  expect page ann sms; expect page ann sms.2; expect page ann push
                 expect told bob email notice "sms 1 fails"; expect told bob email notice "sms 2 fails"
                 expect provider sms.2 down
at 02:00:03   clear db key=a service=a; clear db key=b service=b; clear db key=c service=c
                 expect told ann push cleared; expect told ann push cleared; expect told ann push cleared
at 02:10:00   courier sends ann sms.2
              alert db key=d service=d severity=error
                 expect page ann sms; expect page ann push; expect page ann sms.2
                 expect told bob email notice "CLEARED pagerd: sms 2 works again"
