# After the last step the last resort is paged until somebody acks.
user ann sms
user bob sms
last-resort db bob
team db ann 10m
at 02:00   alert db   expect page ann sms alert
           expect next bob at 02:10 last-resort
at 02:10              expect page bob sms last-resort; expect entry last-resort "round 1"
at 02:20              expect page bob sms last-resort; expect entry last-resort "round 2"
at 02:30              expect page bob sms last-resort
at 02:31   bob acknowledges   expect nothing for 3h
