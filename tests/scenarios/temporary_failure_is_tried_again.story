# RETRY: by the table, and on the first one the next contact meanwhile.
user ann sms push
last-resort db ann
team db ann 1h
at 02:00      courier retries ann sms
              alert db   expect page ann sms; expect page ann push
at 02:00:10              expect page ann sms
at 02:00:40              expect page ann sms
at 02:01:30   courier sends ann sms; expect nothing for 10s
at 02:01:40              expect page ann sms; expect nothing for 50m
