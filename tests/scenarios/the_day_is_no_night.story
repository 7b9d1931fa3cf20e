# The same by day costs nobody anything.
user ann sms
user bob sms
last-resort db bob
recovery when=15m pages=2 cover=everyone
team db ann 5h
at 07:00   alert db key=k   expect page ann sms
at 07:01   ann acknowledges
at 09:00   ann resolves     expect no-rest ann
at 21:30   alert db key=k   expect page ann sms
at 21:31   ann acknowledges
at 22:30   ann resolves     expect no-rest ann
