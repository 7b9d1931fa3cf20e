# The manager hears that nobody can cover; the one who is away has it all the same.
user ann sms
user bob sms
user mia sms
last-resort db mia
manager db mia
members db ann bob
recovery cover=everyone
duty db primary ann
away bob 2026-11-21/00:00 2026-11-22/00:00
away ann 2026-11-21/12:00 2026-11-22/00:00
team db primary 10m
at 12:00   expect told mia sms notice "everybody of db is away: ann has primary all the same"
           expect oncall db primary ann fixed away until Sun/00:00
           alert db   expect page ann sms
