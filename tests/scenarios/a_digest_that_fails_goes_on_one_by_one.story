# One page stood for three: each of them comes by the next contact.
user ann push sms quiet=22:00-07:00
user bob sms quiet=22:00-07:00
rule soft 0s push
severity warning soft not-waking held
last-resort db bob
team db ann 5m, bob 5m
at 22:30   courier fails ann push
at 23:00   alert db key=a service=a severity=warning "one"   expect nothing
at 23:01   alert db key=b service=b severity=warning "two"   expect nothing
at 23:02   alert db key=c service=c severity=warning "three"   expect nothing
at 07:00:01   expect page ann push digest "x3 since 23:00: one, #2 two, #3 three"
              expect page ann sms alert; expect page ann sms alert; expect page ann sms alert
