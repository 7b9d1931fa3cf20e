# What a rule pages at once in two steps is one first page: no limit holds its second half back, and
# a text to another contact makes nothing wait that goes by push.
channel sms limit=1
user ann push sms
last-resort db ann
rule both 0s push, 0s sms
rule pushed 0s push
severity critical both
severity error pushed waking
team db ann 1h
at 02:00:00   alert db key=a service=a                  expect page ann push; expect page ann sms
at 02:01:00   alert db key=b service=b                  expect page ann push; expect page ann sms
at 02:01:02   alert db key=c service=c severity=error   expect page ann push
