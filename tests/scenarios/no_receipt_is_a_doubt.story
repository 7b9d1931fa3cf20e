# Taken, and no receipt in time: the next method, once. A receipt ends no escalation, and one that
# is late, told twice or before "sent", or after the ack, does no harm.
channel sms receipt=60s
user ann sms push
user bob sms
last-resort db bob
team db ann 10m, bob 1h
at 02:00:00   courier arrives ann sms after 90s
              alert db key=a service=a  expect page ann sms; expect entry page-sent
at 02:01:00                             expect page ann push; expect entry page-doubt "no receipt from sms to ann for 60 s"
at 02:01:30                             expect entry page-delivered
              courier repeats           expect answer already; expect nothing for 8m
at 02:10:00                             expect page bob sms escalated
at 02:10:05   bob acknowledges #1       expect told ann sms acked; expect told ann push acked; expect nothing for 30m
at 02:50:00   courier swaps ann sms after 30s; courier arrives bob sms after 10s
              alert db key=b service=b  expect page ann sms; expect entry page-delivered
at 02:50:30                             expect answer already; expect nothing for 9m
at 03:00:00                             expect page bob sms
at 03:00:05   bob acknowledges #2       expect told ann sms acked; expect nothing for 1h
