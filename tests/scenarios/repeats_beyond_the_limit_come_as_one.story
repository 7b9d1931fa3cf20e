# One number, three texts in ten minutes: what is new still comes at once, repeats come together.
channel sms limit=3
rule normal 0s sms
user ann sms
last-resort db ann
team db ann 3m x9
at 02:00:00   alert db key=a service=a "one"     expect page ann sms alert
at 02:00:10   alert db key=b service=b "two"     expect page ann sms alert
at 02:00:20   alert db key=c service=c "three"   expect page ann sms alert
at 02:00:30   alert db key=d service=d "four"    expect page ann sms alert
              expect nothing for 9m
at 02:10:10             expect page ann sms bundle "x4 since 02:00"
at 02:11:00   ann acknowledges #1; ann acknowledges #2; ann acknowledges #3; ann acknowledges #4
              expect nothing for 1h
