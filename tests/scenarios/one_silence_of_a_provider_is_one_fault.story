# No answer for 15 s and none for 120 s is one fault; each further attempt that is not answered is
# another.
user ann sms
user bob email admin
last-resort db ann
team db ann 1h
at 02:00:00   courier hangs ann sms
              alert db key=a   expect page ann sms
at 02:02:00                    expect page ann sms repeat
at 02:04:00                    expect provider sms up "no answer for 120 s"
at 02:04:30                    expect page ann sms repeat
at 02:06:30                    expect provider sms down "no answer for 120 s"; expect told bob email notice "sms fails"
              ann acknowledges
