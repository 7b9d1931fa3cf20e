# The first of recovery.cover who is free and rested; who holds another role is passed over.
user ann sms
user bob sms
user cat sms
user dan sms
last-resort db dan
recovery when=15m pages=9 rest=24h cover=everyone+dan
members db ann bob cat
duty db primary ann
duty db secondary bob
manager db dan
team db primary 5h
at 12:00   dan sends-to-rest ann for 10h   expect told ann sms rest "Cat covers"; expect told cat sms cover
           expect oncall db primary cat cover; expect oncall db secondary bob fixed
