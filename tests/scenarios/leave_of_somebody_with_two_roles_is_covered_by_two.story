# One person in both roles goes away: two others take over, one each.
user ann sms
user bob sms
user cat sms
last-resort db bob
members db ann bob cat
recovery cover=everyone
duty db primary ann
duty db secondary ann
away ann 2026-11-21/12:00 2026-11-22/00:00
team db primary 5m, secondary 5m
at 12:00   expect told bob sms cover "db primary"; expect told cat sms cover "db secondary"
           expect oncall db primary bob cover; expect oncall db secondary cat cover
