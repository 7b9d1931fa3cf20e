# An override event that names only somebody who is gone falls back to the rota: page rather than not.
user ann sms
user bob sms
last-resort db bob
rota main ann 2026-11-20/09:00 2026-11-23/09:00
rota swaps zoe 2026-11-21/08:00 2026-11-21/12:00, zoe+bob 2026-11-21/12:00 2026-11-21/20:00
duty db primary calendar:main
overrides db primary calendar:swaps
team db primary 10m
at 09:00   expect oncall db primary ann calendar until 12:00 because "swaps.ics:12 names only"
           alert db   expect page ann sms; ann resolves
at 12:00   expect oncall db primary bob override instead-of ann until 20:00 because "is no user and was passed over"
at 13:00   change remove user bob
           expect oncall db primary ann calendar until Mon/09:00
