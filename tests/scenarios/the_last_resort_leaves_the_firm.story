# In the middle of a round. Whoever is the last resort now is paged at once.
user ann sms
user eve sms
user max sms admin
last-resort db eve
team db ann 5m
at 02:00   alert db                 expect page ann sms
at 02:05                            expect page eve sms last-resort
at 02:06   change remove user eve   expect page max sms last-resort; expect entry policy
at 02:11                            expect page max sms last-resort
