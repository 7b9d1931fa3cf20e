# As long as somebody of the step may answer, it is waited for.
user ann sms
user bob sms
user cat sms
last-resort db cat
team db ann+bob 10m, cat 1h
at 02:00   courier fails ann *
           alert db   expect page ann sms; expect page bob sms; expect nothing for 10m
at 02:10              expect page cat sms
