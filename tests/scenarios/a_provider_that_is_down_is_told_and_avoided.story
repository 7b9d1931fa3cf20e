# Three faults in a row, and it is down: the admins hear it by another channel, pages go to the other
# provider first. After half an hour a critical page tries it again; one that it takes brings it back.
channel sms second
user ann sms
user bob sms email admin
last-resort db ann
team db ann 1h
at 02:00:00   courier retries * sms.1
              alert db key=a service=a  expect page ann sms; expect page ann sms.2; expect provider sms up
at 02:01:00   alert db key=b service=b  expect page ann sms; expect page ann sms.2
at 02:02:00   alert db key=c service=c  expect page ann sms; expect page ann sms.2; expect provider sms down
                 expect told bob email notice "WARN pagerd: sms 1 fails since 02:02 (by the story). sms 2 works."
at 02:03:00   alert db key=d service=d  expect page ann sms.2
at 02:40:00   alert db key=e service=e  expect page ann sms; expect page ann sms.2
at 02:41:00   courier sends * sms.1
              alert db key=f service=f  expect page ann sms.2; expect provider sms down
at 02:46:00   alert db key=g service=g  expect page ann sms; expect provider sms up
                 expect told bob email notice "CLEARED pagerd: sms 1 works again, it failed since 02:02."
at 02:47:00   alert db key=h service=h  expect page ann sms
