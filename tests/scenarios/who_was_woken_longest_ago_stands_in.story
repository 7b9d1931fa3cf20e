# Everybody rests, equally disturbed: whose last page is longer ago has it, by day as well.
user ann sms
user bob sms
user max sms admin
user mute
last-resort db max
manager db max
recovery when=10h pages=1 rest=24h cover=everyone
members db mute ann bob
members ops bob
duty db primary ann
team db primary 5h
team ops bob 5h
at 02:00   alert ops        expect page bob sms
           bob resolves     expect told bob sms rest
at 04:00   alert db         expect page ann sms
           ann resolves     expect told max sms notice; expect told bob sms cover; expect told ann sms rest
           expect oncall db primary bob cover unrested
at 12:00   alert db         expect page bob sms alert
           bob resolves
