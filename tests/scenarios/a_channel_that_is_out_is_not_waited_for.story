# No provider of the channel works: the next method is paged at the same time.
user ann sms push
user bob email admin
last-resort db ann
team db ann 1h
at 02:00:00   courier retries * sms
              alert db key=a service=a  expect page ann sms; expect page ann push
at 02:00:01   alert db key=b service=b  expect page ann sms; expect page ann push
at 02:00:02   alert db key=c service=c  expect page ann sms; expect page ann push; expect told bob email notice "sms fails"
at 02:00:03   clear db key=a service=a; clear db key=b service=b; clear db key=c service=c
                 expect told ann push cleared; expect told ann push cleared; expect told ann push cleared
at 02:10:00   courier hangs * sms
              alert db key=d service=d  expect page ann sms; expect page ann push; expect nothing for 1m
