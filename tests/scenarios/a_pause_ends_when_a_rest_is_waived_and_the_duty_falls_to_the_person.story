# Eve rests and has paused; without the rest she would be the only one who is there.
user ann sms
user bob sms
user eve sms
manager db ann
last-resort db ann
members db ann bob eve
recovery night=20:30-08:30 rest=36h cover=bob
duty db primary ann
team db primary 5m
at 12:00   eve pauses for 3h
at 12:01   ann sends-to-rest eve for 8h   expect told eve sms rest
at 12:02   ann sends-to-rest ann for 8h   expect told ann sms rest; expect told bob sms cover
at 12:03   ann sends-to-rest bob for 8h
           expect told ann sms cover; expect told ann sms notice; expect told bob sms rest
at 12:04   eve waives
           expect no-pause eve; expect told eve sms notice "Your pause is over, you are on call: nobody can stand in as db primary any more: ann rests, bob rests"
           expect told ann sms notice; expect told ann sms override "db primary from now: Eve again, the rest was waived by Eve"
           expect oncall db primary eve cover
