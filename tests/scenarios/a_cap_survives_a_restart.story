# The messages of the last day are known after a restart; a repeat of the first page costs, too.
channel sms cap=2
user ann sms mail admin
rule normal 0s sms, 2m sms, 4m sms
team db ann 1h
at 02:00:00   alert db   expect page ann sms
at 02:02:00   expect page ann sms again
at 02:03:00   crash
at 02:03:10   restart
at 02:04:00   expect page ann mail; expect told ann sms notice "daily-cap"
