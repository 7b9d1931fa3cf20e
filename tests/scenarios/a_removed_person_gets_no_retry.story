# What still waited to be sent to her, or hung, is not sent again: the number may be another's soon.
user ann sms push
user bob sms
last-resort db bob
team db ann 1h, bob 1h
at 02:00      courier retries ann sms; courier hangs ann push
              alert db                  expect page ann sms; expect page ann push
at 02:00:05   change remove user ann    expect page bob sms escalated; expect nothing for 59m
