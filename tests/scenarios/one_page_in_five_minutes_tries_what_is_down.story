# A provider that is down is tried by one page in five minutes that is not critical; a critical one
# waits until it has been down for half an hour.
channel sms second
user ann sms
user bob email admin
last-resort db ann
severity error normal waking
team db ann 1h
at 02:00:00   courier retries ann sms.1
              alert db key=a service=a severity=error  expect page ann sms; expect page ann sms.2
at 02:01:00   alert db key=b service=b severity=error  expect page ann sms; expect page ann sms.2
at 02:02:00   alert db key=c service=c severity=error  expect page ann sms; expect page ann sms.2; expect provider sms down
                 expect told bob email notice "sms 1 fails"
at 02:06:59   alert db key=d service=d severity=error  expect page ann sms.2
at 02:07:00   alert db key=e service=e                 expect page ann sms.2
at 02:07:01   alert db key=f service=f severity=error  expect page ann sms; expect page ann sms.2
at 02:12:00   alert db key=g service=g severity=error  expect page ann sms.2
at 02:12:01   courier hangs ann sms.1
              alert db key=h service=h severity=error  expect page ann sms
at 02:12:02   alert db key=i service=i severity=error  expect page ann sms.2
