# A person's own rule is not used for a severity that is meant to be quiet.
user ann sms email notify=deep
rule deep 0s sms, 1m sms
last-resort db ann
team db ann 1h
at 12:00   alert db severity=warning   expect page ann email; expect nothing for 30m
