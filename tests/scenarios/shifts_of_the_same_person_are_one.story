# Equal neighbours in the rota are one duty; the hand-over pages nobody by itself.
user ann sms
user bob sms
last-resort db ann
rota main ann 2026-11-21/00:00 2026-11-21/12:00, ann 2026-11-21/12:00 2026-11-22/00:00, bob 2026-11-22/00:00 2026-11-23/00:00
duty db primary calendar:main
team db primary 10h
at 08:00   expect oncall db primary ann until Sun 00:00
at 23:00   alert db   expect page ann sms
at Sun 00:00   expect nothing; expect oncall db primary bob until Mon 00:00
at Sun 00:30   alert db key=b   expect page bob sms
