# One of two providers is down: what goes by the other one is waited for as ever, news go by it, too.
channel sms second
user ann sms push
user bob sms push admin
last-resort db ann
team db ann 5m, bob 1h
at 02:00:00   courier retries ann sms.1
              alert db key=a service=a  expect page ann sms; expect page ann sms.2
at 02:00:01   alert db key=b service=b  expect page ann sms; expect page ann sms.2
at 02:00:02   alert db key=c service=c  expect page ann sms; expect page ann sms.2; expect provider sms down
                 expect told bob sms.2 notice "sms 1 fails"
at 02:01:00   alert db key=d service=d  expect page ann sms.2; expect nothing for 30s
