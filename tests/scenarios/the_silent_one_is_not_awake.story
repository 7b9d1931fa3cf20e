# Who was paged but let it pass was woken, not awake.
user ann sms
user bob sms
user cat sms
last-resort db bob
recovery when=15m pages=2 rest=24h cover=everyone
members db cat ann bob
team db ann 20m x2, bob 1h
at 02:00   alert db           expect page ann sms
at 02:20                      expect page ann sms again
at 02:40                      expect page bob sms
at 02:41   bob acknowledges   expect told ann sms rest "after tonight's #1"
           expect rest ann until Sun 02:41 because "woken 2 times"
at 03:41   bob resolves       expect told bob sms rest; expect rest bob because "awake 02:40-03:41 (1h1m)"
