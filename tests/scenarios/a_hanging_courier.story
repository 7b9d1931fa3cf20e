# No outcome for 120 s: repeated, and the next contact meanwhile.
user ann sms push
last-resort db ann
team db ann 1h
at 02:00      courier hangs ann sms
              alert db   expect page ann sms
at 02:01:30   courier sends ann sms
at 02:02:00              expect page ann sms repeat; expect page ann push; expect nothing for 50m
