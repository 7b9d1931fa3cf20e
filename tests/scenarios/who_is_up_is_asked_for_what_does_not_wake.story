# Of several those who sleep are left out; where all of a step sleep, it waits for the first morning.
user ann sms email quiet=22:00-07:00
user cat sms zone=America/Chicago quiet=22:00-07:00
user eve sms quiet=23:00-06:00
rule soft 0s sms
severity warning soft not-waking held
last-resort db eve
team db ann+cat 5m, ann+eve 5m
at 01:00   alert db severity=warning   expect page cat sms alert
at 01:05   expect nothing; expect state suppressed; expect next ann at 06:00
           expect entry held "held until Sat 21 Nov 06:00, Eve's morning"
at 06:00   expect nothing
# By now it is midnight in Chicago, and Ann still sleeps: held again, but not for ever.
at 06:00   expect state suppressed; expect next ann at 07:00
at 07:00   expect nothing
at 07:00:01   expect page ann sms alert "Held since 01:05 until now"
at 07:05   expect page ann sms again; expect page eve sms escalated
