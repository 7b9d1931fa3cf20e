# "primary and everyone" is Ann alone while Bob rests, though everyone adds nobody to her.
user ann sms email
user bob sms email
user cat sms email
members db ann bob
manager db cat
last-resort db cat
recovery cover=everyone
duty db primary ann
team db primary+everyone 5m, everyone 5m
at 12:00   cat sends-to-rest bob for 9h   expect told bob email rest
at 12:01   alert db   expect page ann sms alert
at 12:06   expect page ann sms again
at 12:07   ann acknowledges
