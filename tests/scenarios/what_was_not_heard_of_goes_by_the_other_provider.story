# Nothing was ever heard of a page that is not critical: it is repeated by the other provider.
channel sms second
user ann sms
last-resort db ann
team db ann 1h
at 02:00:00   courier hangs ann sms.1
              alert db key=a severity=error   expect page ann sms
at 02:02:00                                   expect page ann sms.2 repeat; expect nothing for 50m
