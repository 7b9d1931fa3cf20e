# Primary and secondary on the same person: both steps page that person.
user ann sms
user bob sms
last-resort db bob
rota main/primary ann 2026-11-20/09:00 2026-11-23/09:00
rota main/secondary ann 2026-11-20/09:00 2026-11-22/09:00, bob 2026-11-22/09:00 2026-11-23/09:00
duty db primary calendar:main/primary
duty db secondary calendar:main/secondary
team db primary 5m, secondary 5m
at 08:00   expect oncall db primary ann calendar because "(primary) main.ics:12"
           expect oncall db secondary ann calendar until Sun/09:00 because "(secondary) main.ics:12"
           alert db   expect page ann sms alert
at 08:05              expect page ann sms again
           ann resolves
at Sun 09:00   expect oncall db secondary bob calendar
