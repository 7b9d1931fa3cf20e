# Five of them in one night: three by number, and how many more.
user ann sms
user bob sms
last-resort db bob
recovery when=10h pages=5 rest=24h cover=everyone
members db ann bob
duty db primary ann
team db primary 5h
at 01:00   alert db key=a   expect page ann sms
           ann resolves
at 02:00   alert db key=b   expect page ann sms
           ann resolves
at 03:00   alert db key=c   expect page ann sms
           ann resolves
at 04:00   alert db key=d   expect page ann sms
           ann resolves
at 05:00   alert db key=e   expect page ann sms
           ann resolves     expect told ann sms rest; expect told bob sms cover; expect rest ann because "#1, #2, #3 and 2 more, woken 5 times"
