# Only what went out counts as a waking.
user ann sms
user bob sms
last-resort db bob
recovery when=15m pages=1 cover=everyone
team db ann 5h
at 01:00   courier hangs ann sms
           alert db key=a   expect page ann sms
at 01:01   clear db key=a   expect told ann sms cleared; expect no-rest ann
