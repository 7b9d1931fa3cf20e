# Who snoozed it is woken beside step 0.
user ann sms
user bob sms
last-resort db ann
team db ann 5m
at 02:00   alert db                      expect page ann sms
at 02:01   bob snoozes until Sun 09:00   expect nothing for 30h
at Sun 09:00                             expect page ann sms again; expect page bob sms woken
