# The disk hangs for minutes: the attempts that were begun meanwhile all wait for it, and when it
# goes again the phone rings once for them, not once for each.
user ann sms
last-resort db ann
team db ann 30m
at 02:00:00   courier hangs ann sms
              alert db               expect page ann sms alert
at 02:01:00   disk hangs
at 02:06:00                          expect nothing
              courier sends ann sms
              disk goes              expect page ann sms alert repeat
