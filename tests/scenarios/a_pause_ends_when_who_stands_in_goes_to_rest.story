# Loudly, by all contacts; and what is paged to who stood in is the person's again.
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
at 03:00   ann pauses for 2h   expect told bob email cover
at 03:10   alert db            expect page bob sms alert
at 03:11   cat sends-to-rest bob for 2h
           expect told bob email rest; expect told ann email cover "db secondary from now till Sat 21 Nov 05:11, Bob rests"
           expect page ann sms alert
           expect told ann sms notice "Your pause is over, you are on call: nobody can stand in as db primary any more: bob rests"
           expect told ann email notice
           expect told cat email notice "the pause of ann has ended early"
           expect no-pause ann; expect entry pause-ended
at 03:12   ann acknowledges   expect told bob sms acked; expect told bob email acked
