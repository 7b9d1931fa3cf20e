# "nobody" laid over a shift: the step is skipped, and the why says that it is meant so.
user ann sms
user bob sms
last-resort db bob
rota main ann 2026-11-20/09:00 2026-11-27/09:00
rota swaps nobody 2026-11-21/08:00 2026-11-21/20:00
duty db primary calendar:main
duty db secondary bob
overrides db primary calendar:swaps
team db primary 10m, secondary 10m
at 09:00   expect oncall db primary nobody gap until 20:00 because "nobody is meant to be on call"
           alert db   expect page bob sms; expect entry skipped "nobody is primary"
           bob resolves
           bob overrides db primary to ann until 10:00   expect told ann sms override
           expect oncall db primary ann override until 10:00
at 10:00   expect oncall db primary nobody gap until 20:00
at 20:00   expect oncall db primary ann calendar
