# Who stands in has it at once, also what is being paged, and is told; so is the end.
user ann sms email
user bob sms email
user cat sms email
manager db cat
last-resort db cat
recovery off cover=secondary+everyone
duty db primary ann
duty db secondary bob
team db primary 5m x3, secondary 5m
at 03:00   alert db   expect page ann sms alert
at 03:01   ann pauses
           expect told bob email cover "db primary from now till Sat 21 Nov 03:21, Ann has paused"
           expect told cat email cover "db secondary from now till Sat 21 Nov 03:21, Bob covers another role"
           expect page bob sms alert; expect stop ann; expect entry paused
           expect paused ann until 03:21 by bob
           expect oncall db primary bob cover for-pause instead-of ann until 03:21 because "ann has paused until Sat 21 Nov 03:21, bob covers"
at 03:06   expect page bob sms again
at 03:07   bob acknowledges   expect told ann sms acked; expect told ann email acked
at 03:21   expect told cat email override "db secondary from now: Bob again, the pause is over"
           expect told bob email override "db primary from now: Ann again, the pause is over"
           expect told ann email override "db primary from now: Ann again, the pause is over"
           expect entry pause-ended; expect no-pause ann; expect oncall db primary ann fixed
