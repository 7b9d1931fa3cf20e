# ... but only the first step does that.
user ann sms
rule normal 0s sms, 2m voice
last-resort db ann
team db ann 1h
at 12:00   alert db   expect page ann sms; expect nothing for 1h
at 13:00              expect page ann sms last-resort
