# No outcome for 15 s: the next contact; for 120 s: repeated.
user ann sms push
last-resort db ann
team db ann 1h
at 02:00      courier hangs ann sms
              alert db   expect page ann sms
at 02:00:15              expect page ann push
at 02:01:30   courier sends ann sms
at 02:02:00              expect page ann sms repeat; expect nothing for 50m
