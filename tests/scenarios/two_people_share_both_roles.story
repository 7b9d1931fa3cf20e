# A team of two: while one rests, the other has both roles, and says why.
user ann sms
user bob sms
last-resort db ann
manager db ann
recovery rest=24h cover=secondary+everyone
members db ann bob
duty db primary ann
duty db secondary bob
team db primary 5h
at 12:00   ann sends-to-rest ann for 24h   expect told ann sms rest "Bob covers"; expect told bob sms cover
           expect oncall db primary bob cover because "bob covers"; expect oncall db secondary bob fixed
at 13:00   alert db                        expect page bob sms
at 13:01   bob acknowledges
at 13:02   bob resolves
           ann sends-to-rest bob for 1h    expect told ann sms notice "everybody of db rests"
           expect told ann sms cover "db primary from now till Sat 21 Nov 14:02, nobody is rested"
           expect told ann sms notice "everybody of db rests"
           expect told ann sms cover "db secondary"
           expect oncall db primary ann fixed unrested; expect oncall db secondary ann cover unrested
           expect told bob sms rest "Ann covers"
