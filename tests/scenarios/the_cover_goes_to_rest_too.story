# Whoever stands in may have a bad night as well: the next one is told, and so is who follows there.
user ann sms
user bob sms
user cat sms
user dan sms
user mia sms
last-resort db mia
manager db mia
recovery rest=24h cover=secondary+everyone
members db ann bob cat dan
duty db primary ann
duty db secondary bob
team db primary 5h
at 12:00   mia sends-to-rest ann for 24h   expect told ann sms rest "Bob covers"
           expect told bob sms cover "db primary from now till Sun 22 Nov 12:00, Ann rests"
           expect told cat sms cover "db secondary from now till Sun 22 Nov 12:00, Bob covers another role"
at 13:00   mia sends-to-rest bob for 24h   expect told bob sms rest "Cat covers"; expect cover bob cat
           expect told cat sms cover "db primary from now till Sun 22 Nov 12:00, Bob rests"
           expect told dan sms cover "db secondary from now till Sun 22 Nov 12:00, Bob rests"
           expect cover ann cat
at 14:00   mia sends-to-rest dan for 2h    expect told dan sms rest
           expect told cat sms cover "db secondary from now till Sat 21 Nov 16:00, Dan rests"
at 15:00   mia ends-rest ann               expect told ann sms override "db primary from now: Ann again"
           expect told cat sms override "db primary from now: Ann again, the rest was ended by Mia"
           expect told dan sms override "db secondary from Sat 21 Nov 16:00: Cat again"
