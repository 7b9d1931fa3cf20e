# Somebody decided it by hand.
user ann sms
user bob sms
last-resort db bob
manager db bob
recovery rest=24h cover=everyone
duty db primary bob
team db primary 1h
at 12:00   bob sends-to-rest ann for 24h           expect told ann sms rest
           ann overrides db primary to ann until 20:00   expect told bob sms override "ann instead of bob, by ann"
           expect oncall db primary ann override until 20:00 because "ann rests"
at 13:00   alert db   expect page ann sms
