# A worse alert, a promotion, and whoever passes it on by hand end the waiting.
user ann sms email
user bob sms email
rule soft 0s sms
severity warning soft not-waking held promote=3h
last-resort db bob
recovery off night=22:00-07:00
team db ann 5m, bob 5m
at 23:00   alert db key=a service=a severity=warning   expect nothing
at 23:30   alert db key=a service=a severity=critical   expect page ann sms alert; expect state triggered
at 23:31   ann resolves
at 23:40   alert db key=b service=b severity=warning   expect nothing for 2h
at 02:40   expect page ann sms alert; expect severity critical; expect entry promoted
at 02:41   ann resolves
at 03:00   alert db key=c service=c severity=warning   expect nothing
at 03:01   ann reassigns to bob "look at it"   expect page bob email by-hand "look at it"
# Asked by hand, it goes its way even in the night, by what wakes nobody.
at 03:06   expect page ann email alert
at 03:06   bob acknowledges   expect told ann email acked
