# Of two who cannot cover, one resting and one away, the one who rests is asked.
user ann sms
user bob sms
user mia sms
last-resort db mia
manager db mia
members db ann bob
recovery rest=24h cover=everyone
duty db primary ann
away ann 2026-11-21/12:00 2026-11-22/00:00
team db primary 10m
at 08:00   mia sends-to-rest bob for 30h   expect told mia sms notice "everybody of db rests or is away: bob, the least disturbed, has primary all the same"; expect told bob sms cover "db primary from Sat 21 Nov 12:00 till Sun 22 Nov 00:00, nobody is rested"
at 12:00   expect told mia sms notice "everybody of db rests or is away: bob, the least disturbed, has primary all the same"
           expect told bob sms cover "nobody is rested"
           expect oncall db primary bob cover unrested instead-of ann until Sun/00:00 because "bob is the least disturbed"
           alert db   expect page bob sms
