# When the secondary covers the primary, the next one who is free is secondary.
user ann sms
user bob sms
user cat sms
last-resort db cat
manager db cat
recovery rest=24h cover=secondary+everyone
members db ann bob cat
duty db primary ann
duty db secondary bob
team db primary 5m, secondary 5m
at 12:00   cat sends-to-rest ann for 10h   expect told ann sms rest "Bob covers"; expect told bob sms cover "db primary"; expect told cat sms cover "db secondary from now till Sat 21 Nov 22:00, Bob covers another role"
           expect oncall db primary bob cover; expect oncall db secondary cat cover because "bob already covers another role, cat covers this one"
at 12:10   alert db   expect page bob sms
at 12:15              expect page cat sms escalated
