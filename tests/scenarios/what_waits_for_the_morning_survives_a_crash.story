user ann sms quiet=22:00-07:00
rule soft 0s sms
severity warning soft not-waking held
last-resort db ann
team db ann 5h
at 23:00   alert db key=a service=a severity=warning "one"   expect nothing
at 23:30   alert db key=b service=b severity=warning "two"   expect nothing
at 01:00   crash
at 02:00   restart   expect nothing; expect state suppressed
at 07:00:01   expect page ann sms digest "x2 since 23:00: one, #2 two"
at 07:01   ann resolves #1
at 07:01   ann resolves #2
# And when pagerd is down in the morning, it comes late.
at 23:00   alert db key=c service=c severity=warning "three"   expect nothing
at 23:01   alert db key=d service=d severity=warning "four"   expect nothing
at 23:30   crash
at 09:00   restart   expect nothing
at +1s   expect page ann sms digest
