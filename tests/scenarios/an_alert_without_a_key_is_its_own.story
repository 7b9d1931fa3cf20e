# Without a dedup key every alert opens its own incident.
user ann sms
storm 0 2m
last-resort db ann
team db ann 1h
at 02:00   alert db key= "one"   expect page ann sms
           alert db key= "one"   expect page ann sms; expect incidents 2
