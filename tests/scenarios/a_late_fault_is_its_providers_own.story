# The first provider says after half a minute that it had a fault; the second has the page by then.
# The fault is the first one's, and so are its silences.
channel sms second
user ann sms
user bob email admin
last-resort db ann
team db ann 1h
at 02:00:00   courier retries ann sms.1 after 30s
              alert db key=a service=a  expect page ann sms
at 02:00:15                             expect page ann sms.2 repeat
at 02:00:30                             expect answer already; expect provider sms up "by the story"; expect provider sms.2 up ""
at 02:01:00   courier hangs ann sms.1
              alert db key=b service=b  expect page ann sms
at 02:01:15                             expect page ann sms.2 repeat; expect provider sms down "no answer for 15 s"
                 expect told bob email notice "sms 1 fails"
