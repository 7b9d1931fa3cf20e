# Woken `pages` times, more than 15 minutes apart, over all incidents.
user ann sms
user bob sms
last-resort db bob
recovery when=1h pages=2 rest=24h cover=everyone
members db ann bob
duty db primary ann
team db primary 5h
at 01:00   alert db key=a   expect page ann sms
at 01:01   ann acknowledges
at 01:05   ann resolves     expect no-rest ann
at 04:00   alert db key=b   expect page ann sms
at 04:01   ann acknowledges
at 04:05   ann resolves     expect told ann sms rest; expect told bob sms cover
           expect rest ann until Sun 04:05 because "#1, #2, woken 2 times"
