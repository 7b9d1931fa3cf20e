# A second incident of the same night extends the rest from its own resolve.
user ann sms
user bob sms
last-resort db bob
recovery when=15m pages=9 rest=24h cover=everyone
members db ann bob
duty db primary ann
team db primary 5h
at 02:00   alert db key=a     expect page ann sms
           ann acknowledges
at 02:10   alert db key=b     expect page ann sms
           ann acknowledges
at 02:20   ann resolves #1    expect no-rest ann
at 02:30   ann resolves #2    expect told ann sms rest; expect told bob sms cover; expect rest ann until Sun 02:30
at 02:40   bob reassigns to ann  expect answer closed
