# A step that names a person who is away pages the cover; of everyone, who is away is left out.
user ann sms
user bob sms
user cat sms
last-resort db bob
members db ann bob cat
recovery cover=everyone
away ann 2026-11-21/00:00 2026-11-22/00:00
team db ann 5m, everyone 5m
at 13:00   alert db   expect page bob sms
at 13:05              expect page bob sms again; expect page cat sms escalated
