# It may have arrived: repeated once at once, marked, then by the table.
user ann sms
last-resort db ann
team db ann 1h
at 02:00:00   courier loses ann sms
              alert db   expect page ann sms; expect page ann sms repeat
at 02:00:20   courier sends ann sms
at 02:00:30              expect page ann sms repeat; expect nothing for 59m
