# repeat: the step is begun that often in all, then the next one.
user ann sms
user bob sms
last-resort db bob
team db ann 5m x3, bob 5m
at 02:00   alert db   expect page ann sms alert
at 02:05              expect page ann sms again
at 02:10              expect page ann sms again
at 02:15              expect page bob sms escalated "Ann silent 15m"
at 02:20              expect page bob sms last-resort
