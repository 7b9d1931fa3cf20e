# Somebody in the calendar who is no user is passed over, and said.
user ann sms
user bob sms
last-resort db ann
rota main zoe+bob 2026-11-20/00:00 2026-11-30/00:00
duty db primary calendar:main
team db primary 10m
at 08:00   alert db   expect page bob sms
           expect oncall db primary bob because "zoe"
