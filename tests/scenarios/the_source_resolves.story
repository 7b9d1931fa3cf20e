# The source says that it is over: runs end, links are void, who was paged is told.
user ann sms email
user bob sms
rule normal 0s sms, 2m sms
last-resort db ann
team db ann 5m, bob 5m
at 02:00   alert db key=k   expect page ann sms alert
at 02:02                    expect page ann sms again
at 02:03   clear db key=k   expect told ann sms cleared; expect told ann email cleared
           expect revoked #1; expect state resolved; expect stop ann; expect entry resolved "by its source after 3m"
           expect nothing for 5h
