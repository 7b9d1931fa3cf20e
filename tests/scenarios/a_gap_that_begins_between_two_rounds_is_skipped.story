# Ann's shift ends in the middle of the step, and nobody follows: the next round finds nobody and
# goes on at once.
user ann sms
user bob sms
last-resort db bob
duty db primary calendar:main
rota main ann 2026-11-21/00:00 2026-11-21/02:03
team db primary 5m x3, bob 5m
at 02:00   alert db   expect page ann sms
at 02:05              expect page bob sms escalated; expect entry skipped "nobody is primary"
