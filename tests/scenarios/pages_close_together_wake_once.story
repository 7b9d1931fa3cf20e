# Pages within 15 minutes are one waking.
user ann sms
user bob sms
last-resort db bob
recovery when=1h pages=2 cover=everyone
team db ann 5h
at 01:00   alert db key=a   expect page ann sms
at 01:10   alert db key=b   expect page ann sms
at 01:20   alert db key=c   expect page ann sms
at 01:21   ann resolves #1; ann resolves #2; ann resolves #3   expect no-rest ann
