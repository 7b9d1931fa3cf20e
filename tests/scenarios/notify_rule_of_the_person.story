# The person's own rule stands in for "normal": after 0 s by mail and SMS, after 2 m again.
user ann sms email notify=deep
user bob sms email
rule deep 0s sms+email, 1m sms, 3m sms
last-resort db bob
team db ann 10m, bob 10m
at 02:00   alert db   expect page ann sms alert; expect page ann email alert
at 02:01              expect page ann sms again
at 02:03              expect page ann sms again
           expect nothing for 7m
at 02:10              expect page bob sms escalated
