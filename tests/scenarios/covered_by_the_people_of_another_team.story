# recovery.cover may name a team: whoever is on call there and free stands in.
user ann sms
user bob sms
user dan sms
user eve sms
last-resort db bob
last-resort web eve
manager db bob
recovery rest=24h cover=team:web
members db ann
members web dan eve
duty db primary ann
duty web primary dan
duty web secondary eve
team db primary 1h
team web primary 1h
at 12:00   bob sends-to-rest ann for 24h   expect told ann sms rest; expect told dan sms cover
           expect oncall db primary dan cover instead-of ann
           alert db                        expect page dan sms
           dan acknowledges
at 12:01   bob sends-to-rest dan for 24h   expect answer refused
