# A copy of what its source has ended is late for a minute, whatever the wall clock does: set back,
# the same minute comes again, and what fires in it is a problem.
user ann sms
last-resort db ann
team db ann 30m
at 13:00      alert db key=a since=12:59   expect page ann sms
at 13:02      clear db key=a               expect told ann sms cleared
at 13:02:50   alert db key=a since=12:59   expect nothing; expect incidents 0
at 13:20      clock -18m
at 13:02:50   alert db key=a since=12:59   expect page ann sms; expect incidents 1
