# ack-timeout never
user ann sms
last-resort db ann
ack-timeout db never
team db ann 5m
at 02:00   alert db           expect page ann sms
at 02:01   ann acknowledges   expect nothing for 72h
