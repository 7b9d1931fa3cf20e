# New steps ask the new roster.
user ann sms
user bob sms
last-resort db ann
rota main ann 2026-11-20/00:00 2026-11-30/00:00
duty db primary calendar:main
team db primary 10m x2
at 08:00   alert db   expect page ann sms
at 08:05   change remove rota main; change rota main bob 2026-11-20/00:00 2026-11-30/00:00   expect nothing
at 08:10              expect page bob sms
