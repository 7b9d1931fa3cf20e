# Who is away is covered in the order of recovery.cover, also while recovery itself is off.
user ann sms
user bob sms
user cat sms
last-resort db cat
manager db cat
members db ann bob cat
recovery off cover=secondary+everyone
rota main ann 2026-11-20/09:00 2026-11-23/09:00, bob 2026-11-23/09:00 2026-11-30/09:00
duty db primary calendar:main
duty db secondary cat
away ann 2026-11-21/18:00 2026-11-22/10:00 "Lisbon"
team db primary 10m
at 17:00   expect oncall db primary ann calendar until 18:00
at 18:00   expect told cat sms cover "db primary from now till Sun 22 Nov 10:00, Ann is away"; expect told bob sms cover "db secondary from now till Sun 22 Nov 10:00, Cat covers another role"
           expect oncall db primary cat cover for-leave instead-of ann until Sun/10:00 because "main.ics:12"
           expect oncall db primary cat because "ann is away until Sun 22 Nov 10:00"
           expect oncall db primary cat because "leave.ics:12"
           expect oncall db primary cat because "Lisbon"
           expect oncall db primary cat because "cat covers"
           expect oncall db secondary bob cover for-role instead-of cat
           alert db   expect page cat sms; cat acknowledges; cat resolves
at Sun 10:00   expect oncall db primary ann calendar until Mon 09:00
