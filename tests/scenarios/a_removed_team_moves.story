# A team that is gone: the first team has it, and it is said.
user ann sms
user bob sms
last-resort db bob
last-resort web ann
team web ann 5m
team db bob 5m
at 02:00   alert db                       expect page bob sms
at 02:01   change remove team db          expect page ann sms; expect entry policy "team db is gone"
           alert nowhere key=x            expect page ann sms; expect entry policy "there is no team"
