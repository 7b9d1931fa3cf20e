user ann sms email
user bob sms email
user cat sms email
last-resort db cat
recovery off cover=everyone
duty db primary ann
team db primary 5m x3
at 03:00   ann pauses for 1h   expect told bob email cover
at 03:10   ann pauses for 2h
           expect told bob email cover "db primary from now till Sat 21 Nov 05:10, Ann has paused"
           expect paused ann until 05:10
at 03:11   ann pauses for 4h   expect answer invalid
at 03:12   ann pauses for 10s  expect answer invalid
at 03:13   zoe pauses          expect answer refused
at 03:20   ann ends-pause
           expect told bob email override "db primary from now: Ann again, the pause was ended"
           expect told ann email override; expect no-pause ann
at 03:21   ann ends-pause      expect answer already
