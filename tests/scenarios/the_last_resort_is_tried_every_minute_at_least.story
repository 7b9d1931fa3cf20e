# A gateway that says "later" again and again: elsewhere the pauses grow to five minutes, at the
# last resort to one.
user ann sms
last-resort db ann
team db
at 02:00:00   courier retries ann sms
              alert db    expect page ann sms last-resort
at 02:00:10               expect page ann sms last-resort
at 02:00:40               expect page ann sms last-resort
at 02:01:40               expect page ann sms last-resort
at 02:02:40               expect page ann sms last-resort
at 02:03:40               expect page ann sms last-resort
at 02:04:40               expect page ann sms last-resort
at 02:05:00               expect page ann sms last-resort
at 02:05:05   courier delivers ann sms
at 02:05:10               expect page ann sms last-resort; expect nothing for 4m
