# A step that names a person who rests pages the cover.
user ann sms
user bob sms
last-resort db bob
manager db bob
members db ann bob
recovery rest=24h cover=everyone
team db ann 1h
at 12:00   bob sends-to-rest ann for 24h   expect told ann sms rest
at 13:00   alert db   expect page bob sms
