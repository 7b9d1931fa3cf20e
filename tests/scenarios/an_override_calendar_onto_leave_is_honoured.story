# Somebody put ann there although she is away: she has it, and the why says both.
user ann sms
user bob sms
last-resort db bob
recovery cover=everyone
duty db primary bob
overrides db primary calendar:swaps
rota swaps ann 2026-11-21/08:00 2026-11-21/20:00
away ann 2026-11-21/00:00 2026-11-24/09:00 "Lisbon"
team db primary 1h
at 07:00   expect oncall db primary bob fixed until 08:00
at 08:00   expect oncall db primary ann override instead-of bob until 20:00 because "ann is away until Tue 24 Nov 09:00"
           expect oncall db primary ann because "but the override calendar says so"
           alert db   expect page ann sms
