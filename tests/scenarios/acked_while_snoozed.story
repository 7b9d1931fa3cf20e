# An ack ends the snooze.
user ann sms
last-resort db ann
ack-timeout db never
team db ann 1h
at 02:00   alert db             expect page ann sms
at 02:01   ann snoozes for 2h
at 02:10   ann acknowledges     expect state acknowledged; expect nothing for 5h
