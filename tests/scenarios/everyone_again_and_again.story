# Somebody who is still being paged gets a fresh run in a new round, not none.
user ann sms
user bob sms
rule normal 0s sms, 4m sms
last-resort db ann
members db ann bob
duty db primary ann
team db primary 5m, everyone 10m x2
at 02:00   alert db   expect page ann sms alert
at 02:04              expect page ann sms again
at 02:05              expect page ann sms again; expect page bob sms escalated "Ann silent 5m"
at 02:09              expect page ann sms again; expect page bob sms again
at 02:15              expect page ann sms again; expect page bob sms again
at 02:19              expect page ann sms again; expect page bob sms again
at 02:25              expect page ann sms last-resort
at 02:29              expect page ann sms again
at 02:35              expect page ann sms last-resort
