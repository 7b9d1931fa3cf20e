# The alert came first and the pause after it. When both are told to another node the pause is first.
user ann sms
user bob sms
user cat sms
team db primary 15m, secondary 5m
duty db primary ann
duty db secondary cat
members db ann bob
last-resort db cat
nodes 3 linked
at 02:00      freeze a; store away
at 02:01      b: alert db key=one           expect page ann sms
at 02:02      b: ann pauses for 60m         expect told bob sms cover; expect page bob sms alert
at 02:03      kill b
at 02:04      start b
at 2026-11-21/02:04                           expect told bob sms cover; expect page bob sms alert
