# A step names a person who rests, and the configured order of cover has nobody: whoever of the team
# is free is paged, as for a role, not the person who rests.
user mia sms
user ann sms
last-resort db mia
manager db mia
members db mia ann
recovery rest=24h cover=secondary
team db mia 10m
at 12:00   mia sends-to-rest mia for 24h   expect told mia sms rest
at 13:00   alert db                        expect page ann sms
at 13:10                                   expect page mia sms last-resort   # named for when nobody else answers
