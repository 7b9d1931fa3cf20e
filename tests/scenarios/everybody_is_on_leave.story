# Nobody can cover: who has it by the rota keeps it, for a page that reaches nobody is the worst.
user ann sms
user bob sms
user mia sms
last-resort db mia
members db ann bob
recovery cover=everyone
rota main ann+bob 2026-11-20/09:00 2026-11-23/09:00
duty db primary calendar:main
away ann 2026-11-21/00:00 2026-11-24/00:00
away bob 2026-11-21/00:00 2026-11-24/00:00
team db primary 10m, everyone 10m
at 08:00   expect oncall db primary ann+bob calendar away until Mon/09:00 because "nobody can cover"
           alert db   expect page ann sms; expect page bob sms
