# Equal ends: then there is no night, nobody is woken, and a warning may call at three.
user ann sms email
user bob sms
rule quiet 0s sms
last-resort db bob
recovery night=07:00-07:00 when=15m pages=1 rest=24h cover=everyone
members db ann bob
duty db primary ann
team db primary 5h
at 03:00   alert db severity=warning   expect page ann sms
           ann acknowledges
at 05:00   ann resolves                expect no-rest ann
