# everyone = everyone who does not rest, as long as there is somebody.
user ann sms
user bob sms
user cat sms
last-resort db bob
manager db bob
members db ann bob cat
recovery rest=24h cover=everyone
team db everyone 1h
at 12:00   bob sends-to-rest ann for 24h   expect told ann sms rest
at 13:00   alert db   expect page bob sms; expect page cat sms
