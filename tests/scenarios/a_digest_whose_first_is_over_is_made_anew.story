# The page waits for its retry when what it belongs to is resolved: the others are not forgotten.
user ann sms quiet=22:00-07:00
user bob sms quiet=22:00-07:00
rule soft 0s sms
severity warning soft not-waking held
last-resort db bob
team db ann 5m, bob 5m
at 22:30   courier retries ann sms
at 23:00   alert db key=a service=a severity=warning "one"   expect nothing
at 23:01   alert db key=b service=b severity=warning "two"   expect nothing
at 23:02   alert db key=c service=c severity=warning "three"   expect nothing
at 07:00:01   expect page ann sms digest "x3 since 23:00: one, #2 two, #3 three"
at 07:00:05   courier sends ann sms
at 07:00:06   clear db key=a
at 07:00:06   expect page ann sms digest "x2 since 23:01: two, #3 three"
at 07:00:07   ann resolves #2
at 07:05   expect page bob sms escalated "Ann silent 5m"
