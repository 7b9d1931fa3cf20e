# Of two on call one is away, and the other cannot be reached: somebody covers.
user ann sms
user fay
user bob sms
last-resort db bob
members db ann bob
recovery cover=everyone
rota main ann+fay 2026-11-20/09:00 2026-11-23/09:00
duty db primary calendar:main
away ann 2026-11-21/12:00 2026-11-22/00:00
team db primary 10m
at 12:00   expect told bob sms cover "db primary"
           expect oncall db primary bob cover instead-of ann
           alert db   expect page bob sms alert
