user ann sms email
user bob sms email
user cat sms email
last-resort db cat
recovery off cover=everyone
duty db primary bob
team db primary 5m x3
at 03:00   alert db   expect page bob sms alert
at 03:01   bob reassigns to ann "you know it"   expect page ann sms by-hand "you know it"
at 03:02   ann pauses   expect stop ann; expect page bob sms again
at 03:03   bob acknowledges   expect told ann sms acked; expect told ann email acked
