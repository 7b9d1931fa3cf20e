# 23:00 in Berlin is 16:00 in Chicago, and 05:00 is 22:00.
user ann sms email zone=America/Chicago
last-resort db ann
rule soft 0s sms+email
severity warning soft not-waking
recovery night=22:00-07:00
team db ann 10h
at 23:00   alert db key=a severity=warning   expect page ann sms; expect page ann email
at 05:00   alert db key=b severity=warning   expect page ann email
