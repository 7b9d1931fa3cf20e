# Two are called together; one of them falls out. The other goes on, and who stands in is added.
user ann sms
user bob sms
user cat sms
last-resort db cat
manager db cat
recovery rest=24h cover=cat
members db ann bob cat
duty db primary ann
duty db secondary bob
team db primary+secondary 1h
at 12:00   alert db                        expect page ann sms; expect page bob sms
at 12:01   cat sends-to-rest ann for 24h   expect told ann sms rest; expect told cat sms cover
           expect page bob sms again; expect page cat sms alert; expect stop ann
