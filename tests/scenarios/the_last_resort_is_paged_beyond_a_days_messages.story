# The last who is asked gets every page, whatever was sent.
channel sms cap=1
user ann sms
user bob email admin
last-resort db ann
team db ann 1m
at 02:00   alert db key=a   expect page ann sms
at 02:01   expect page ann sms last-resort; expect told bob email notice "daily-cap"
           ann acknowledges
