# From the making of a page until its provider has it, and from there until its receipt: by the
# attempt that counts, and once.
channel sms receipt=2m
user ann sms
last-resort db ann
team db ann 1h
at 02:00:00   courier arrives ann sms after 5s
              alert db key=a service=a  expect page ann sms; expect latency sms taken 1s 1
at 02:00:05                             expect latency sms arrived 5s 1; expect latency sms taken 5s 0
              courier repeats           expect answer already; expect latency sms arrived 5s 1
at 02:01:00   courier sends ann sms after 6s
              alert db key=b service=b  expect page ann sms
at 02:01:06                             expect latency sms taken 10s 1; expect latency sms taken 1s 1
at 02:02:00   courier swaps ann sms after 3s
              alert db key=c service=c  expect page ann sms; expect latency sms taken 1s 2; expect latency sms arrived 1s 0
at 02:02:03                             expect answer already; expect latency sms taken 5s 0
