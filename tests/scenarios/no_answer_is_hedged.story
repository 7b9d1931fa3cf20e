# A critical page, and no answer for 15 s: by the other provider, marked; that does not answer
# either: the next method. What the first one says late counts when it is good.
channel sms second
user ann sms push
user bob sms
last-resort db bob
team db ann 1h
at 02:00:00   courier sends ann sms.1 after 40s; courier hangs ann sms.2
              alert db key=a service=a  expect page ann sms
at 02:00:15                             expect page ann sms.2 repeat
at 02:00:30                             expect page ann push
at 02:00:40                             expect entry page-sent; expect nothing for 20m
at 02:30:00   courier hangs ann sms.1; courier sends ann sms.2
              alert db key=b service=b  expect page ann sms
at 02:30:15                             expect page ann sms.2 repeat; expect nothing for 20m
