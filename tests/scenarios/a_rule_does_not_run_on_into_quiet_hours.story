# Begun in the evening: its later steps, and the rounds after it, wait for the morning.
user ann sms quiet=22:00-07:00
user mia sms
rule soft 0s sms, 5m sms
severity warning soft not-waking held
last-resort db mia
team db ann 10m x3
at 21:50   alert db severity=warning   expect page ann sms alert
at 21:55   expect page ann sms again
at 22:00   expect nothing; expect state suppressed
at 07:00:01   expect page ann sms alert
at 07:01   ann resolves
at 21:58   alert db key=b severity=warning   expect page ann sms alert
at 22:03   expect nothing for 4m
at 22:08   expect state suppressed; expect nothing for 8h
