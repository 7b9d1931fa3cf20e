user ann sms quiet=22:00-07:00
user bob sms quiet=22:00-07:00
rule soft 0s sms
severity warning soft not-waking held
last-resort db bob
ack-timeout db 2h
team db ann 5m, bob 5m
at 21:00   alert db severity=warning   expect page ann sms
at 21:01   ann acknowledges
at 23:01   expect nothing; expect state suppressed; expect owner nobody; expect next ann at 07:00
at 07:00:01   expect page ann sms
