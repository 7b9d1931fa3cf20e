# What was being sent is sent again and marked; what was overdue happens once, late.
user ann sms
user bob sms
last-resort db ann
team db ann 5m, bob 5m
at 02:00:00   courier hangs ann sms
              alert db                 expect page ann sms alert
at 02:00:01   courier sends ann sms
              crash
at 02:00:03   restart                  expect page ann sms alert repeat; expect nothing for 4m
at 02:05:00                            expect page bob sms escalated
