# team:NAME is the first filled role of that team.
user ann sms
user dan sms
last-resort db ann
last-resort web ann
duty web primary calendar:none
duty web secondary dan
team db ann 5m, team:web 5m
team web primary 5m
at 08:00   alert db   expect page ann sms
at 08:05              expect page dan sms escalated
