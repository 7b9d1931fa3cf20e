# Nobody of the order of cover is free, but somebody else of the team is: before one who rests.
user ann sms
user bob sms
user cat sms
user mia sms
last-resort db mia
manager db mia
members db ann bob cat
recovery rest=24h cover=bob
duty db primary ann
away ann 2026-11-21/12:00 2026-11-22/00:00
team db primary 10m
at 08:00   mia sends-to-rest bob for 30h   expect told bob sms rest; expect told cat sms cover "Bob rests"
at 12:00   expect told cat sms cover "db primary from now till Sun 22 Nov 00:00, Ann is away"
           expect oncall db primary cat cover instead-of ann until Sun/00:00 because "cat covers"
           alert db   expect page cat sms
