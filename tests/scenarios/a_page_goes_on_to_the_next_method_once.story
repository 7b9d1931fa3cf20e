# No answer for 15 s: the next method. That there is no receipt later is no reason for one more.
channel sms receipt=30s
user ann sms push call
last-resort db ann
rule normal 0s sms
team db ann 1h
at 02:00:00   courier sends ann sms after 20s
              alert db key=a   expect page ann sms
at 02:00:15                    expect page ann push
at 02:00:50                    expect entry page-doubt; expect nothing for 58m
