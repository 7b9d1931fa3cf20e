# Resolved by hand, the clock is set back behind that, pagerd is started again: when the wall clock
# comes by the same minutes, what fires is a new episode.
user ann sms
last-resort db ann
team db ann 30m
at 13:00   alert db key=a               expect page ann sms
at 13:02   ann resolves
at 13:03   clock -8m
at 12:56   crash; restart
at 13:03   alert db key=a               expect page ann sms; expect incidents 1
