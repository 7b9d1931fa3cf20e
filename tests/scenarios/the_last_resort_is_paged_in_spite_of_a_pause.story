user ann sms email
user bob sms email
last-resort db ann
recovery off cover=everyone
duty db primary ann
team db primary 5m
at 03:00   ann pauses for 1h   expect told bob email cover
at 03:10   alert db            expect page bob sms alert
at 03:15   expect page ann sms last-resort
at 03:16   ann acknowledges    expect told bob sms acked; expect told bob email acked
