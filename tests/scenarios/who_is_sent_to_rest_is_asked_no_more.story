# The manager hears that Ann is ill while pagerd calls her. Bob stands in, and not only from the next
# step on, which is an hour away.
user ann sms
user bob sms
user eve sms
rule normal 0s sms, 2m sms
last-resort db eve
manager db eve
recovery rest=24h cover=bob
members db ann bob
duty db primary ann
team db primary 1h, eve 1h
at 12:00   alert db key=a                  expect page ann sms alert
at 12:01   eve sends-to-rest ann for 24h   expect told ann sms rest; expect told bob sms cover
           expect page bob sms alert; expect stop ann; expect entry escalated "ann is off call"
at 12:03                                   expect page bob sms again
at 12:04   bob acknowledges                expect told ann sms acked; expect nothing for 3h
