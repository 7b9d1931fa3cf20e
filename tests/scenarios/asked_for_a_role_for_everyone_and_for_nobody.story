# Reassign takes a role, everyone, a team or a name, and says no when nobody there can be paged:
# then everything stays as it is.
user ann sms
user bob sms
user mute
last-resort db ann
members db ann bob
duty db primary ann
duty db secondary bob
duty db oncall calendar:main
duty web primary calendar:main
last-resort web bob
team db primary 1h
team web primary 1h
at 02:00   alert db                            expect page ann sms alert
           ann reassigns to mute               expect answer invalid; expect paging ann
           ann reassigns to role:oncall        expect answer invalid; expect paging ann
           ann reassigns to team:web           expect answer invalid; expect paging ann
           ann reassigns to team:none          expect answer not-found
           ann reassigns to zoe                expect answer not-found
           ann reassigns to role:secondary     expect page bob sms by-hand; expect stop ann; expect next ann at 03:00 last-resort
at 02:30   bob reassigns to everyone "help"    expect page ann sms by-hand "help"; expect stop bob
           expect nothing for 59m
