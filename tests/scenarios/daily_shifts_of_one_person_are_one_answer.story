# Many equal neighbours, in this role and in the one before it, do not cut an answer in pieces.
user ann sms
user bob sms
last-resort db ann
rota main ann 2026-11-20/09:00 2026-11-21/09:00, bob 2026-11-21/09:00 2026-11-22/09:00
rota main ann 2026-11-22/09:00 2026-11-23/09:00, bob 2026-11-23/09:00 2026-11-24/09:00
rota second bob 2026-11-20/09:00 2026-11-21/09:00, bob 2026-11-21/09:00 2026-11-22/09:00
rota second bob 2026-11-22/09:00 2026-11-23/09:00, bob 2026-11-23/09:00 2026-11-25/09:00
duty db primary calendar:main
duty db secondary calendar:second
team db primary 10m
at 09:00   expect oncall db secondary bob calendar until 2026-11-25/09:00
           expect oncall db primary bob calendar until Sun/09:00
