# is_waking = false: at night only quiet contacts, by day all of the rule.
user ann sms email
last-resort db ann
rule soft 0s sms+email
severity warning soft not-waking
recovery night=22:00-07:00
team db ann 10h
at 12:00   alert db key=a severity=warning   expect page ann sms; expect page ann email
at 12:01   clear db key=a   expect told ann sms cleared; expect told ann email cleared
at 23:00   alert db key=b severity=warning   expect page ann email
