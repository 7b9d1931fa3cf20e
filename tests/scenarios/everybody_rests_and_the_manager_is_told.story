# Said to the manager when the last one goes to rest.
user ann sms
user bob sms
user mia sms email
last-resort db mia
manager db mia
recovery rest=24h cover=everyone
members db ann bob
duty db primary ann
team db primary 1h
at 12:00   mia sends-to-rest bob for 24h   expect told bob sms rest "off call till"
           mia sends-to-rest ann for 24h   expect told ann sms cover "db primary from now till Sun 22 Nov 12:00, nobody is rested"; expect told mia email notice "everybody of db rests"
           expect oncall db primary ann fixed unrested
at 13:00   alert db   expect page ann sms
