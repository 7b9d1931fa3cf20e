# Who wants to be woken is; who sleeps beside is not.
user ann sms quiet=22:00-07:00
user bob sms quiet=22:00-07:00
rule soft 0s sms
severity warning soft not-waking held
last-resort db bob
team db bob 5m
at 21:00   alert db severity=warning   expect page bob sms
at 21:01   ann snoozes until 03:00
at 03:00   expect page ann sms woken
at 03:05   expect nothing; expect state suppressed; expect next bob at 07:00
at 07:00:01   expect page bob sms
