# Repeats that come as one text are let through: without it there would be none for many.
channel sms limit=3 cap=4
rule normal 0s sms
user ann sms
user bob email admin
last-resort db bob
team db ann 3m x9
at 02:00:00   alert db key=a service=a "one"     expect page ann sms alert
at 02:00:10   alert db key=b service=b "two"     expect page ann sms alert
at 02:00:20   alert db key=c service=c "three"   expect page ann sms alert
at 02:00:30   alert db key=d service=d "four"    expect page ann sms alert
at 02:10:10             expect page ann sms bundle "x4 since 02:00"; expect told bob email notice "daily-cap"
at 02:11:00   ann acknowledges #1; ann acknowledges #2; ann acknowledges #3; ann acknowledges #4
