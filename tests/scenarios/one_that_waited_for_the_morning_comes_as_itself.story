user ann sms email quiet=22:00-07:00
user bob sms email quiet=22:00-07:00
rule soft 0s sms
severity warning soft not-waking held
last-resort db bob
team db ann 5m, bob 5m
at 23:10   alert db severity=warning "db1: disk 82%"   expect nothing for 7h
at 07:00   expect nothing
at 07:00:01   expect page ann sms alert "Held since 23:10 until now"
at 07:05   expect page bob sms escalated "Ann silent 5m"
at 07:06   bob acknowledges   expect told ann sms acked; expect told ann email acked
