# News are no alarms: they do not count for the limit of a number.
channel sms limit=1
user ann sms admin
last-resort db ann
team db ann 3m x3
at 02:00:00   notice - "one"        expect told ann sms notice
at 02:00:01   notice - "two"        expect told ann sms notice
at 02:01:00   alert db key=a severity=error   expect page ann sms alert
              ann acknowledges
