# Two pauses would strand each other: the second is refused, as is one while the others rest.
user ann sms email
user bob sms email
user cat sms email
manager db cat
last-resort db cat
members db ann bob
recovery off cover=secondary+everyone
duty db primary ann
duty db secondary bob
team db primary 5m x3, secondary 5m
at 03:00   ann pauses   expect told bob email cover
at 03:01   bob pauses   expect answer refused; expect no-pause bob; expect paused ann by bob
at 03:20   expect told bob email override; expect told ann email override
at 03:21   cat sends-to-rest bob for 2h
           expect told ann email cover; expect told bob email rest
at 03:22   ann pauses   expect answer refused; expect no-pause ann
at 05:22   ann pauses   expect told bob email cover; expect paused ann by bob
