# Resolved by hand, and the time in which more of it is counted has passed. The clock is set back
# later, so that the same minutes come again: what fires in them then is a new episode.
user ann sms
last-resort db ann
team db ann 30m
at 13:00   alert db key=a               expect page ann sms
at 13:02   ann resolves
at 13:20   clock -20m
at 13:04   alert db key=a               expect page ann sms; expect incidents 1
