# An absence that is under way when its calendar first says so is told at once; what is known is not.
user ann sms
user bob sms
user cat sms
last-resort db cat
members db ann bob cat
recovery off cover=everyone
duty db primary ann
duty db secondary cat
away cat 2026-11-01/00:00 2026-11-02/00:00 "Lisbon"
team db primary 10m
at 08:30   change away ann 2026-11-21/00:00 2026-11-22/00:00 "sick"
           expect told bob sms cover "db primary from now till Sun 22 Nov 00:00, Ann is away"
           change away cat 2026-12-01/00:00 2026-12-02/00:00
           expect nothing for 1h
at 10:00   alert db   expect page bob sms; bob acknowledges; bob resolves
at 11:00   change remove away ann
           expect oncall db primary ann fixed
