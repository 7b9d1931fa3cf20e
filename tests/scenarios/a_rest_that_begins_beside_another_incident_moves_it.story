# Woken twice; the first is done, the second still calls her when her rest begins. She is told to
# sleep, so the second is Bob's now.
user ann sms
user bob sms
last-resort db bob
recovery when=15m pages=2 rest=24h cover=everyone
members db ann bob
duty db primary ann
team db primary 2h
at 02:00   alert db key=a     expect page ann sms alert
           ann acknowledges
at 02:20   alert db key=b     expect page ann sms alert
at 02:21   ann resolves #1    expect told ann sms rest; expect told bob sms cover; expect page bob sms alert; expect stop ann
           bob acknowledges #2   expect told ann sms acked; expect owner #2 bob
