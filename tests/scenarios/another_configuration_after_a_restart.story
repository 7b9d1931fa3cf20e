# Who was being paged is gone after a restart with another configuration: replaced, once.
user ann sms
user bob sms
last-resort db bob
team db ann 5m, bob 5m
at 02:00   alert db                  expect page ann sms
at 02:01   crash; change remove user ann
at 02:02   restart                   expect page bob sms escalated
at 02:07                             expect page bob sms last-resort
