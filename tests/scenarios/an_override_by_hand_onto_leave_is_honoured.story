# Who is put there by hand has it, leave or not.
user ann sms
user bob sms
last-resort db bob
recovery cover=everyone
duty db primary bob
away ann 2026-11-21/00:00 2026-11-24/09:00 "Lisbon"
team db primary 1h
at 08:00   bob overrides db primary to ann until 12:00   expect told ann sms override
           expect oncall db primary ann override instead-of bob until 12:00 because "ann is away until Tue 24 Nov 09:00"
           expect oncall db primary ann because "but was put here by hand"
           alert db   expect page ann sms
