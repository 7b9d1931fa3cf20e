# A gap in the rota is never waited out, and is said.
user ann sms
user bob sms
last-resort db ann
rota main bob 2026-11-21/09:00 2026-11-22/09:00
duty db primary calendar:main
team db primary 5m, bob 5m
at 02:00   alert db   expect page bob sms escalated; expect entry skipped "nobody is primary: step 1 skipped"
           expect oncall db primary nobody gap until 09:00 because "is empty until Sat 21 Nov 09:00"
at 02:05              expect page ann sms last-resort
