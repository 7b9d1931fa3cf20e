# Cat was not paged; she saw it on her screen at three and worked till four. That is a night as well.
user ann sms
user bob sms
user cat sms
last-resort db bob
recovery when=15m pages=9 rest=24h cover=everyone
members db ann bob cat
duty db primary ann
duty db secondary cat
team db primary 5h
at 03:00   alert db key=a      expect page ann sms
           cat acknowledges    expect told ann sms acked
at 04:00   cat resolves        expect told cat sms rest; expect told bob sms cover
           expect rest cat until Sun 04:00
