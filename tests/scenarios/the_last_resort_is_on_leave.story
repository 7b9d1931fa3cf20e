# The last resort is paged all the same, and whoever stands in for it as well.
user ann sms
user bob sms
user mia sms
last-resort db mia
members db ann bob
recovery cover=everyone
away mia 2026-11-21/00:00 2026-11-22/00:00
away ann 2026-11-21/00:00 2026-11-22/00:00
team db
at 09:00   alert db   expect page mia sms last-resort; expect page bob sms last-resort
           bob acknowledges   expect told mia sms acked
