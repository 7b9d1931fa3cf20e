# A number that does not exist is not asked of the other provider: the next contact, at once.
channel sms second
user ann sms push
last-resort db ann
team db ann 1h
at 02:00   courier fails ann sms
           alert db   expect page ann sms; expect page ann push; expect nothing for 59m
