# One phone that is off is no fault of the provider; receipts of several people are. Only a receipt
# brings it back.
channel sms receipt=30s second
user ann sms
user bob sms email admin
user cat sms
last-resort db ann
team db ann 1h
team web cat 1h
at 02:00:00   alert db key=a service=a  expect page ann sms
at 02:00:10   alert db key=b service=b  expect page ann sms
at 02:00:20   alert db key=c service=c  expect page ann sms
at 02:01:00                             expect provider sms up
at 02:02:00   alert web key=d           expect page cat sms
at 02:02:30                             expect provider sms down "no receipts"; expect told bob email notice "sms 1 fails since 02:02 (no receipts)."
at 02:03:00   alert web key=e service=e expect page cat sms.2
at 02:40:00   courier arrives * sms.1 after 5s
              alert web key=f service=f expect page cat sms
at 02:40:05                             expect provider sms up; expect told bob email notice "works again"
