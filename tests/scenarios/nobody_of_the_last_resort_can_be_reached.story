# Last resort, manager and admins have lost their contacts by a reload. Then everybody who has any is
# paged: too many rather than nobody.
user ann sms
user bob sms
user eve sms
last-resort db eve
manager db eve
team db ann 5m
at 02:00   alert db          expect page ann sms
at 02:01   change user eve
at 02:05                     expect page ann sms last-resort; expect page bob sms last-resort
at 02:10                     expect page ann sms last-resort; expect page bob sms last-resort
           bob acknowledges  expect told ann sms acked
