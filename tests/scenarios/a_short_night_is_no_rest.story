# 14 minutes are not 15.
user ann sms
user bob sms
last-resort db bob
recovery when=15m pages=2 cover=everyone
team db ann 5m
at 03:00:00   alert db key=k   expect page ann sms
at 03:01      ann acknowledges
at 03:14:59   clear db key=k   expect told ann sms resolved; expect no-rest ann
