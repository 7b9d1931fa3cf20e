# One of a team of her own, for whom somebody of elsewhere stands in.
user ann sms email
user bob sms email
user cat sms email
manager db cat
last-resort db cat
members db ann
recovery off cover=bob
duty db primary ann
team db primary 5m x3
at 03:00   ann pauses for 2h   expect told bob email cover
at 03:10   alert db            expect page bob sms alert
at 03:11   change remove user bob
           expect page ann sms alert; expect no-pause ann; expect entry pause-ended
           expect told ann sms notice "Your pause is over, you are on call: nobody can stand in as db primary any more: there is nobody else"
           expect told ann email notice; expect told cat email notice
at 03:12   ann pauses          expect answer refused
