# What is wrong with an address says nothing of the provider, however often.
user ann sms push
last-resort db ann
team db ann 1h
at 02:00:00   courier fails ann sms
              alert db key=a service=a  expect page ann sms; expect page ann push
at 02:01:00   alert db key=b service=b  expect page ann sms; expect page ann push
at 02:02:00   alert db key=c service=c  expect page ann sms; expect page ann push
at 02:03:00   alert db key=d service=d  expect page ann sms; expect page ann push; expect provider sms up
