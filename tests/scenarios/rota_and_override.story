# An override wins over the rota, both are told, and it can be ended.
user ann sms
user bob sms email
user cat sms
last-resort db ann
rota main bob 2026-11-20/09:00 2026-11-23/09:00, ann 2026-11-23/09:00 2026-11-30/09:00
duty db primary calendar:main
team db primary 10m
at 08:00   expect oncall db primary bob calendar until Mon 09:00 because "main.ics:12"
           ann overrides db primary to cat from 09:00 until 21:00 "swap"
           expect told cat sms override "db primary Sat 21 Nov 09:00 to Sat 21 Nov 21:00: cat instead of bob, by ann"
           expect told bob email override; expect entry override "o1: db primary is cat instead of bob"
           expect oncall db primary bob until 09:00
at 09:00   expect oncall db primary cat override until 21:00 because "override o1 by ann"
           alert db key=a   expect page cat sms; cat acknowledges
at 10:00   bob ends-override o1   expect told cat sms override "was ended by bob"; expect entry override-ended
           expect oncall db primary bob until Mon 09:00
           bob ends-override o1   expect answer already
           bob ends-override o7   expect answer not-found
