# No credit at the one, a login that is refused at the other: neither will ever take it.
channel sms second
user ann sms push
last-resort db ann
team db ann 1h
at 02:00   courier refuses ann sms
           alert db   expect page ann sms; expect page ann sms.2; expect page ann push
                      expect entry page-failed; expect nothing for 59m
