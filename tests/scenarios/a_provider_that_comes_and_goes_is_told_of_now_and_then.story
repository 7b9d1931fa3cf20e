# Down, up, down: whoever runs the house hears of it ten minutes apart at least, and of an end only
# where the beginning was told. All of it is in the audit log.
user ann sms
user bob email admin
last-resort db ann
team db ann 1h
at 02:00:00   courier retries ann sms
              alert db key=a service=a  expect page ann sms
at 02:00:10                             expect page ann sms
at 02:00:40                             expect page ann sms; expect entry provider "sms 1 is down: by the story"
                 expect told bob email notice "WARN pagerd: sms fails since 02:00 (by the story)."
at 02:01:00   courier sends ann sms
at 02:01:40                             expect page ann sms; expect entry provider "sms 1 works again"
                 expect told bob email notice "CLEARED pagerd: sms works again, it failed since 02:00."
at 02:02:00   courier retries ann sms
              alert db key=b service=b  expect page ann sms
at 02:02:10                             expect page ann sms
at 02:02:40                             expect page ann sms; expect provider sms down
at 02:03:00   courier sends ann sms
at 02:03:40                             expect page ann sms; expect entry provider "sms 1 works again"
at 02:04:00   courier retries ann sms
              alert db key=c service=c  expect page ann sms
at 02:04:10                             expect page ann sms
at 02:04:40                             expect page ann sms; expect provider sms down
at 02:05:40                             expect page ann sms
at 02:07:40                             expect page ann sms
at 02:10:40                             expect told bob email notice "sms fails since 02:04 (by the story)."
at 02:12:00   courier sends ann sms
at 02:12:40                             expect page ann sms; expect told bob email notice "CLEARED pagerd: sms works again, it failed since 02:04."
at 02:13:00   courier retries ann sms
              alert db key=d service=d  expect page ann sms
at 02:13:10                             expect page ann sms
at 02:13:40                             expect page ann sms; expect provider sms down
at 02:14:00   courier sends ann sms
at 02:14:40                             expect page ann sms; expect provider sms up; expect nothing for 20m
