# What falls to the person meanwhile does so only afterwards.
user ann sms email
user bob sms email
user cat sms email
last-resort db cat
recovery off cover=everyone
rota main bob 00:00 06:00, ann 06:00 12:00
duty db primary calendar:main
team db primary 5m x3
at 05:30   ann pauses for 1h
           expect told bob email cover "db primary from Sat 21 Nov 06:00 till Sat 21 Nov 06:30, Ann has paused"
at 05:31   cat overrides db primary to ann until 08:00
           expect told ann email override; expect told bob email override
           expect oncall db primary bob
at 06:00   alert db   expect page bob sms alert
at 06:01   bob acknowledges
at 06:30   expect told ann email override "db primary from now: Ann again, the pause is over"
           expect told bob email override "db primary from now: Ann again, the pause is over"
           expect oncall db primary ann override
