# Each time nobody knows whether it arrived. After ten attempts by this contact the walk does not
# wait for it any more.
user ann sms
user bob sms
last-resort db bob
team db ann 5h
at 02:00:00   courier loses ann sms
              alert db    expect page ann sms; expect page ann sms repeat
at 02:00:30               expect page ann sms repeat
at 02:01:30               expect page ann sms repeat
at 02:03:30               expect page ann sms repeat
at 02:08:30               expect page ann sms repeat
at 02:13:30               expect page ann sms repeat
at 02:18:30               expect page ann sms repeat
at 02:23:30               expect page ann sms repeat
at 02:28:30               expect page ann sms repeat; expect page bob sms last-resort
           expect entry page-failed; expect entry skipped "left at once"
