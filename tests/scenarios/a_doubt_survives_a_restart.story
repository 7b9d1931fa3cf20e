# What was taken before a crash is still waited for after it.
channel sms receipt=60s
user ann sms push
last-resort db ann
team db ann 1h
at 02:00:00   alert db           expect page ann sms
at 02:00:20   crash
at 02:00:30   restart            expect nothing
at 02:01:00                      expect page ann push; expect entry page-doubt; expect nothing for 50m
