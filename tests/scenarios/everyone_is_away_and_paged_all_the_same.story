# Those who rest before those who are away; all of them when there is nobody else.
user ann sms
user bob sms
user mia sms
last-resort db mia
manager db mia
members db ann bob
recovery rest=24h cover=everyone
away ann 2026-11-21/00:00 2026-11-22/00:00
team db everyone 1h
at 08:00   mia sends-to-rest bob for 4h   expect told bob sms rest
at 09:00   alert db key=a   expect page bob sms; bob acknowledges; bob resolves
           change away bob 2026-11-21/00:00 2026-11-22/00:00
at 10:00   alert db key=b   expect page ann sms; expect page bob sms
