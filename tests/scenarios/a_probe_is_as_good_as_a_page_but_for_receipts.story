# Asked without a page a provider is found down, and found back: but not where receipts were missing,
# for an answer shows nothing of what it does with a page.
channel sms receipt=30s
user ann sms
user bob email admin
user cat sms
last-resort db ann
team db ann 1h
team web cat 1h
at 02:00:00   probe sms bad; probe sms bad      expect provider sms up
at 02:00:01   probe sms bad                     expect provider sms down "by a probe"
                 expect told bob email notice "sms fails since 02:00 (by a probe)."
at 02:01:00   probe sms.2 good                  expect provider sms down
at 02:02:00   probe sms good                    expect provider sms up
                 expect told bob email notice "CLEARED pagerd: sms works again"
at 02:03:00   probe sms bad; probe sms bad; probe sms good; probe sms bad
                 expect provider sms up
at 02:20:00   alert db key=a service=a   expect page ann sms
at 02:20:01   alert web key=b service=b  expect page cat sms
at 02:20:02   alert db key=c service=c   expect page ann sms
at 02:20:32                              expect provider sms down "no receipts"; expect told bob email notice "no receipts"
at 02:21:00   probe sms good             expect provider sms down
