# FAILED: the next contact of the person at once.
user ann sms push
last-resort db ann
team db ann 1h
at 02:00   courier fails ann sms
           alert db   expect page ann sms; expect page ann push alert; expect entry page-failed "sms to ann failed"
           expect nothing for 1h
