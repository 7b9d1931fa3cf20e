# Who has no quiet contact is paged all the same.
user ann sms
last-resort db ann
recovery night=22:00-07:00
team db ann 10h
at 23:00   alert db severity=warning   expect page ann sms
