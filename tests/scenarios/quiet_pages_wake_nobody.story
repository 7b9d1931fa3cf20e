# Mail does not wake, so it does not count.
user ann sms email
user bob sms
last-resort db bob
recovery when=15m pages=1 cover=everyone
team db ann 5h
at 01:00   alert db key=a severity=warning   expect page ann email
at 02:00   clear db key=a                    expect told ann email cleared; expect no-rest ann
