# As long as the person still has another incident of that night, the night is not over.
user ann sms
user bob sms
storm 0 2m
last-resort db bob
recovery when=15m pages=9 rest=24h cover=everyone
members db ann bob
duty db primary ann
team db primary 5h
at 02:00   alert db key=a     expect page ann sms
           ann acknowledges
           alert db key=b     expect page ann sms
           ann acknowledges
at 02:30   ann resolves #1    expect no-rest ann
at 05:00   ann resolves #2    expect told ann sms rest; expect told bob sms cover; expect rest ann until Sun 05:00
