user ann sms quiet=22:00-07:00
user bob sms quiet=22:00-07:00
rule soft 0s sms
severity warning soft not-waking held
last-resort db bob
team db ann 5h
at 23:00   alert db severity=warning   expect nothing; expect next ann at 07:00
at 23:10   change user ann sms quiet=22:00-08:00   expect nothing; expect next ann at 08:00
at 23:20   change user ann sms quiet=never   expect entry released
at +1s   expect page ann sms
at +1m   ann resolves
at +1h   change user ann sms quiet=22:00-07:00
at +1m   alert db key=b severity=warning   expect nothing; expect state suppressed
at +1m   change severity warning soft not-waking   expect entry released
at +1s   expect page ann sms
