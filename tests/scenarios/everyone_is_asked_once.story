# A person named by several targets of a step is paged once.
user ann sms
user bob sms
user cat sms
last-resort db ann
members db ann bob cat
duty db primary bob
team db primary+everyone 5m
at 02:00   alert db   expect page bob sms alert; expect page ann sms alert; expect page cat sms alert
