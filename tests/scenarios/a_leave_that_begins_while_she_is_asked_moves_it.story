# Her leave begins at midnight, and pagerd has called her since a quarter to.
user ann sms
user bob sms
last-resort db bob
recovery off cover=bob
away ann 2026-11-22/00:00 2026-11-29/00:00
members db ann bob
duty db primary ann
team db primary 1h
at 23:45              alert db            expect page ann sms alert
at 2026-11-22/00:00                       expect told bob sms cover; expect page bob sms alert; expect stop ann
           expect nothing for 1h
at 01:00                                  expect page bob sms last-resort
