# A hole in the rota when her leave begins, and her next shift only after it: nobody is told, nobody
# stands in for a hole.
user ann sms
user bob sms
last-resort db bob
recovery off cover=bob
members db ann bob
duty db primary calendar:main
rota main bob 2026-11-21/00:00 2026-11-23/00:00, ann 2026-11-24/00:00 2026-11-25/00:00, ann 2026-12-05/00:00 2026-12-06/00:00
away ann 2026-11-23/12:00 2026-11-23/18:00
away ann 2026-11-26/12:00 2026-12-01/00:00
team db primary 1h
at 2026-11-23/12:00   expect nothing; expect oncall db primary nobody gap
at 2026-11-26/12:00   expect nothing
at 2026-11-26/13:00   alert db   expect page bob sms last-resort
