# Beyond `reopen` it is a new problem.
user ann sms
last-resort db ann
team db ann 7d
reopen 1h
at 02:00   alert db key=k   expect page ann sms
at 02:10   clear db key=k   expect told ann sms cleared
at 03:10:01 alert db key=k  expect page ann sms; expect not-again #2
