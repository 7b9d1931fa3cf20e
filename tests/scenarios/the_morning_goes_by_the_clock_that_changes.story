# In the night in which the clocks go back the morning comes by the clock on the wall.
date 2026-10-24
user ann sms quiet=22:00-07:00
rule soft 0s sms
severity warning soft not-waking held
last-resort db ann
team db ann 5h
at 23:00   alert db severity=warning   expect nothing; expect next ann at 2026-10-25/07:00
at 06:59   expect nothing
at 07:00:01   expect page ann sms alert
