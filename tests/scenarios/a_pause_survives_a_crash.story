user ann sms email
user bob sms email
user cat sms email
last-resort db cat
recovery off cover=everyone
duty db primary ann
team db primary 5m x3
at 03:00   ann pauses for 1h   expect told bob email cover
at 03:05   crash
at 03:06   restart             expect paused ann until 04:00; expect oncall db primary bob cover for-pause
at 03:10   alert db            expect page bob sms alert
at 03:11   bob acknowledges
at 03:50   crash
at 05:00   restart             expect no-pause ann
at 05:00   expect told ann email override late; expect told bob email override late
