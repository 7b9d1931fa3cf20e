# By the clock as it is now, the shift is one of the two who have paused.
user ann sms
user bob sms
user mia sms
last-resort db bob
members db mia ann
recovery off cover=everyone
rota main mia 00:00 12:00, bob 12:00 2026-11-22/00:00
duty db primary calendar:main
team db primary 5m
at 14:00   mia pauses for 93m
at 14:01   ann pauses for 33m
at 14:02   clock -6h   expect no-pause mia; expect told mia sms notice; expect told bob sms notice
