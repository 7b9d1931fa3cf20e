# Coverage is never zero: the least disturbed person has it, and the manager is told.
user ann sms
user bob sms
user mia sms
last-resort db mia
manager db mia
recovery when=15m pages=9 rest=24h cover=everyone
members db ann bob
duty db primary ann
team db primary 1h
at 01:00   alert db key=a      expect page ann sms
           ann acknowledges
at 01:40   ann resolves        expect told ann sms rest "Bob covers"; expect told bob sms cover
at 02:00   alert db key=b      expect page bob sms
           bob acknowledges
at 02:20   bob resolves        expect told mia sms notice "everybody of db rests: bob, the least disturbed, has primary"
           expect told bob sms cover "db primary from now till Sun 22 Nov 01:40, nobody is rested"
           expect rest bob until Sun/02:20
           expect oncall db primary bob cover unrested because "nobody is rested, bob is the least disturbed"
at 03:00   alert db key=c      expect page bob sms alert
