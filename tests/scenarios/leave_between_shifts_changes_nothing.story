# Leave that ends before the person's shift is nobody's business; two at once are both looked at.
user ann sms
user bob sms
user cat sms
last-resort db cat
members db ann bob cat
recovery cover=everyone
rota main ann 2026-11-20/09:00 2026-11-23/09:00, bob 2026-11-23/09:00 2026-11-30/09:00
duty db primary calendar:main
away bob 2026-11-21/00:00 2026-11-23/09:00
away cat 2026-11-21/00:00 2026-11-22/09:00
away ann 2026-11-22/00:00 2026-11-22/12:00
team db primary 10m
at 08:00   expect oncall db primary ann calendar until Sun/00:00
           expect oncall db primary at Sun/01:00 ann calendar away because "nobody can cover, ann has it all the same"
           expect oncall db primary at Sun/09:00 cat cover until Sun/12:00
           expect oncall db primary at Mon/09:00 bob calendar
