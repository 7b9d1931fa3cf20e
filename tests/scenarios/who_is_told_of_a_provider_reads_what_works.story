# What worked and is down itself is not among what works.
user ann sms push
user bob email admin
last-resort db ann
rule normal 0s sms+push
team db ann 1h
at 02:00   alert db key=a   expect page ann sms; expect page ann push
at 02:01   probe sms bad; probe sms bad; probe sms bad
              expect told bob email notice "WARN pagerd: sms fails since 02:01 (by a probe). push works."
at 02:02   probe push bad; probe push bad; probe push bad
              expect told bob email notice "WARN pagerd: push fails since 02:02 (by a probe). email works."
at 02:03   probe sms good   expect told bob email notice "CLEARED pagerd: sms works again, it failed since 02:01."
