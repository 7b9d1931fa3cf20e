# A segment may hold several people: all of them are paged.
user ann sms
user bob sms
last-resort db ann
rota main ann+bob 2026-11-20/00:00 2026-11-30/00:00
duty db primary calendar:main
team db primary 10m
at 08:00   alert db   expect page ann sms; expect page bob sms
