# Resolved by hand; the clock is set back by less than has passed since, and pagerd is started again.
# By the wall clock the grace would still run, but it is over: what fires is a new episode.
user ann sms
last-resort db ann
team db ann 30m
at 13:00   alert db key=a               expect page ann sms
at 13:02   ann resolves                 expect incidents 0
at 13:10   clock -7m
at 13:03   crash; restart
at 13:04   alert db key=a               expect page ann sms; expect incidents 1
