user ann sms email
user bob sms email
user cat sms email
last-resort db cat
recovery off cover=everyone
duty db primary ann
team db primary 5m x3
at 03:00   ann pauses for 20m   expect told bob email cover
at 03:10   clock -30m           expect paused ann until 02:50
at 02:50   expect told ann email override; expect told bob email override
# And over a crash, with the clock set back while it is down.
at 03:00   ann pauses for 20m   expect told bob email cover
at 03:05   crash
at 03:06   clock -2h
at 01:07   restart              expect paused ann until 01:20
at 01:20   expect told ann email override; expect told bob email override
