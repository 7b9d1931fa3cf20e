# The clock was a year ahead for a minute, and every leave of that year over. It still begins.
user ann sms
user bob sms
last-resort db bob
members db ann bob
duty db primary ann
recovery off cover=everyone
away ann 2026-12-01/00:00 2026-12-08/00:00
team db primary 1h
at 02:00   clock +8760h
at +1m     clock -8760h
at 2026-12-01/00:00   expect told bob sms cover
