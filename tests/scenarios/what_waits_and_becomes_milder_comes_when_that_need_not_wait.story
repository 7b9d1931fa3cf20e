# Errors wait, warnings do not: they come by what wakes nobody.
user ann sms email
last-resort db ann
rule soft 0s sms+email
severity error soft not-waking held
severity warning soft not-waking
recovery off night=22:00-07:00
team db ann 5h
at 23:00   alert db severity=error     expect nothing; expect state suppressed
at 23:10   alert db severity=warning   expect state triggered
at 23:10:01   expect page ann email alert "Held since 23:00 until now"
at 23:11   ann resolves
# And what pages nobody at all is kept for that.
at 23:20   alert db key=b severity=error   expect nothing
at 23:21   alert db key=b severity=info    expect state suppressed; expect nothing for 8h
