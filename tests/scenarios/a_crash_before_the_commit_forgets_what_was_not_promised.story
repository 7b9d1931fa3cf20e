# Nothing of the turn is on disk and the sender was not told: it sends again, and it is new again.
user ann sms
user bob sms
last-resort db bob
team db ann 5m, bob 5m
at 02:00:00   crash before-commit
              alert db key=a    expect nothing
at 02:00:05   restart           expect nothing; expect incidents 0
at 02:00:15   alert db key=a    expect page ann sms alert; expect incidents 1
