# It is on disk, and neither the sender nor the courier knows: the page goes out after the restart,
# and what the sender sends again is the same problem.
user ann sms
user bob sms
last-resort db bob
team db ann 5m, bob 5m
at 02:00:00   crash after-commit
              alert db key=a    expect nothing
at 02:00:05   restart           expect page ann sms alert repeat
at 02:00:15   alert db key=a    expect nothing; expect occurrences 2; expect incidents 1
at 02:05:00                     expect page bob sms escalated
