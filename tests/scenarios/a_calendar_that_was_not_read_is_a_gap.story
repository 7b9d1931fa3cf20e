# Neither the layer nor the override calendar has come in: the why says which.
user ann sms
user bob sms
last-resort db bob
rota main ann 2026-11-20/09:00 2026-11-23/09:00
duty db primary calendar:main
duty db secondary calendar:main/secondary
overrides db primary calendar:swaps
team db secondary 10m
at 09:00   expect oncall db primary ann calendar because "has not been read yet"
           expect oncall db secondary nobody gap because "has not been read yet"
           alert db   expect page bob sms last-resort; expect entry skipped
