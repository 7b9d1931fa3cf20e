user ann sms quiet=22:00-07:00
rule soft 0s sms
severity warning soft not-waking held
last-resort db ann
team db ann 5h
at 23:00   alert db severity=warning   expect nothing; expect next ann at 2026-11-22/07:00
# A day back: it is still a night, and ends with that.
at 23:30   clock -24h   expect next ann at 2026-11-21/07:00
at +7h30m   expect nothing
at +1s   expect page ann sms
at +1m   ann resolves
at 23:00   alert db key=b severity=warning   expect nothing
# By the new clock it is day.
at 23:30   clock -8h   expect entry released
at +1s   expect page ann sms
