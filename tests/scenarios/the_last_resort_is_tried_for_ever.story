# At the last resort a failure is no end: every 60 s.
user ann sms
last-resort db ann
team db
at 02:00   courier fails ann sms
           alert db    expect page ann sms last-resort
at 02:01               expect page ann sms last-resort
at 02:02               expect page ann sms last-resort
at 02:02:30   courier sends ann sms
at 02:03               expect page ann sms last-resort
           expect nothing for 2m
at 02:05               expect page ann sms last-resort
