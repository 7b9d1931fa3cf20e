# Each text is taken by the first provider after all, when the second has it, too: the receipts that
# are missing are the first one's.
channel sms second receipt=30s
user ann sms
user bob email admin
user cat sms
last-resort db ann
team db ann 1h
team web cat 1h
at 02:00:00   courier sends * sms.1 after 20s; courier hangs * sms.2
              alert db key=a service=a   expect page ann sms
at 02:00:15                              expect page ann sms.2 repeat
at 02:01:00   alert web key=b service=b  expect page cat sms
at 02:01:15                              expect page cat sms.2 repeat
at 02:02:00   alert db key=c service=c   expect page ann sms
at 02:02:15                              expect page ann sms.2 repeat
at 02:02:50                              expect provider sms down "no receipts"; expect provider sms.2 up
                 expect told bob email notice "sms 1 fails since 02:02 (no receipts)."
