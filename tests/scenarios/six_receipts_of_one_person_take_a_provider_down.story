# Of one person's receipts six have to be missing: a phone may be off.
channel sms receipt=30s
user ann sms
user bob email admin
last-resort db ann
team db ann 1h
at 02:00:00   alert db key=a service=a  expect page ann sms
at 02:00:01   alert db key=b service=b  expect page ann sms
at 02:00:02   alert db key=c service=c  expect page ann sms
at 02:00:03   alert db key=d service=d  expect page ann sms
at 02:00:04   alert db key=e service=e  expect page ann sms; expect nothing for 1m
at 02:02:00                             expect provider sms up
              alert db key=f service=f  expect page ann sms
at 02:02:30                             expect provider sms down "no receipts"; expect told bob email notice "sms fails"
