# Two incidents of 10 minutes at the same time are 10 minutes awake, not 20.
user ann sms
user bob sms
storm 0 2m
last-resort db bob
recovery when=15m pages=9 cover=everyone
team db ann 5h
at 01:00   alert db key=a   expect page ann sms
           alert db key=b   expect page ann sms
           ann acknowledges #1; ann acknowledges #2
at 01:10   ann resolves #1; ann resolves #2   expect no-rest ann
at 02:00   alert db key=c   expect page ann sms
           ann acknowledges
at 02:06   ann resolves     expect told ann sms rest; expect rest ann because "awake 01:00-02:06 (16m)"
