# One quiet message, with the shift that the leave takes; an absence that follows another is not told.
user ann sms email
user bob sms email
user cat sms
last-resort db cat
members db ann bob cat
recovery off cover=everyone
rota main bob 2026-11-20/09:00 2026-11-23/09:00, ann 2026-11-23/09:00 2026-11-30/09:00
duty db primary calendar:main
away ann 2026-11-21/18:00 2026-11-24/18:00 "Lisbon"
away ann 2026-11-24/18:00 2026-11-25/00:00 "on the way back"
away cat 2026-11-21/20:00 2026-12-01/00:00
team db primary 10m
at 17:59   expect nothing
at 18:00   expect told bob email cover "db primary from Mon 23 Nov 09:00 till Tue 24 Nov 18:00, Ann is away"
           crash; restart
at Mon 09:00     expect oncall db primary bob cover until 2026-11-25/00:00
at 2026-11-26/00:00   expect oncall db primary ann calendar
