# Snooze "for": nobody is paged until it is over, then the snoozer first and step 0 at once.
user ann sms
user bob sms
last-resort db ann
team db ann 5m, bob 5m
at 02:00   alert db              expect page ann sms
at 02:01   ann snoozes for 2h    expect state snoozed; expect stop ann; expect next ann at 04:01
           expect nothing for 2h
at 04:01                         expect page ann sms woken; expect state triggered; expect entry woken
at 04:06                         expect page bob sms escalated
