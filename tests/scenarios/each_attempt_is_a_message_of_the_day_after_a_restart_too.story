# A page that was tried twice has cost two.
channel sms cap=2
user ann sms mail admin
rule normal 0s sms, 2m sms
team db ann 1h
at 02:00:00   courier retries ann sms
              alert db   expect page ann sms; expect page ann mail
at 02:00:05   courier sends ann sms
at 02:00:10   expect page ann sms
at 02:01:00   crash
at 02:01:10   restart
at 02:02:00   expect told ann sms notice "daily-cap"; expect nothing for 50m
