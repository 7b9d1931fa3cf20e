# A copy of what its source has ended is late for 20 seconds, whatever the wall clock does: set back,
# the same seconds come again, and what fires in them is a problem.
user ann sms
last-resort db ann
team db ann 30m
at 13:00      alert db key=a since=12:59   expect page ann sms
at 13:02      clear db key=a               expect told ann sms cleared
at 13:02:15   alert db key=a since=12:59   expect nothing; expect incidents 0
at 13:20      clock -18m
at 13:02:15   alert db key=a since=12:59   expect page ann sms; expect incidents 1
