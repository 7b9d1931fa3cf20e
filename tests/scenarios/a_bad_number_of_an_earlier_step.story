# Only the pages of the last resort itself are tried for ever, not those of earlier steps.
user ann sms
user bob sms
last-resort db bob
rule normal 0s sms, 10m sms
team db ann 5m
at 02:00   alert db     expect page ann sms
at 02:05                expect page bob sms last-resort
at 02:08   courier fails ann sms
at 02:10                expect page ann sms again; expect page bob sms last-resort; expect nothing for 5m
at 02:15                expect page bob sms last-resort
