# Every snooze has an end.
user ann sms
last-resort db ann
team db ann 1h
at 02:00   alert db                               expect page ann sms
at 02:01   ann snoozes until 2026-11-20/09:00     expect answer invalid; expect state triggered
