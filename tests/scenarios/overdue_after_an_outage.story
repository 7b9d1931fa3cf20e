# Each overdue timer fires once; the next step gets its full delay.
user ann sms
user bob sms
user cat sms
rule normal 0s sms, 2m sms, 4m sms
last-resort db ann
team db ann 5m, bob 5m, cat 5m
at 02:00   alert db    expect page ann sms alert
at 02:01   crash
at 02:31   restart     expect nothing
at +0s                 expect page ann sms again late; expect page bob sms escalated late "Ann silent 31m"
at 02:33               expect page ann sms again; expect page bob sms again
at 02:35               expect page bob sms again
at 02:36               expect page cat sms escalated "Bob silent 5m"
