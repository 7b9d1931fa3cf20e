# Receipts that are missing take a provider down when there are three of several people without one
# that came in between.
channel sms receipt=30s
user ann sms
user bob email admin
user cat sms
last-resort db ann
team db ann 1h
team web cat 1h
at 02:00:00   alert db key=a service=a   expect page ann sms
at 02:01:00   alert web key=b service=b  expect page cat sms
at 02:02:00   courier arrives cat sms after 5s
              alert web key=c service=c  expect page cat sms; expect nothing for 50s
at 02:03:00   courier sends cat sms
              alert db key=d service=d   expect page ann sms
at 02:03:30                              expect provider sms up
at 02:04:00   alert web key=e service=e  expect page cat sms
at 02:04:30                              expect provider sms up
at 02:05:00   alert web key=f service=f  expect page cat sms
at 02:05:30                              expect provider sms down "no receipts"; expect told bob email notice "sms fails since 02:05 (no receipts)."
