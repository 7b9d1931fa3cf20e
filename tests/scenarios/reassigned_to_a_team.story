# To a team: the incident moves to its steps.
user ann sms
user dan sms
user ida sms
last-resort db ann
last-resort web dan
duty web primary dan
team db ann 5m
team web primary 7m, ida 5m
at 02:00   alert db                          expect page ann sms
at 02:01   ann reassigns to team:web         expect page dan sms by-hand; expect stop ann
at 02:08                                     expect page ida sms escalated "Dan silent 7m"
