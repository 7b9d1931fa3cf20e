# What waited and was no storm after all pages as ever, two seconds later.
user ann sms
last-resort db ann
team db ann 1h
at 02:00      alert db key=a "one"     expect page ann sms alert
at 02:00:01   alert db key=b "two"     expect nothing; expect next #2 ann at 02:00:02
              clear db key=b           expect state #2 resolved; expect nothing
              alert db key=c "three"   expect nothing
at 02:00:02                            expect page ann sms alert
at 02:00:20   alert db key=d "four"    expect page ann sms alert; expect incidents 3
