# The disk fails for good: the page leaves all the same, the process ends, and the sender, who was
# not told, sends again to the one that is started then.
user ann sms
user bob sms
last-resort db bob
team db ann 5m, bob 5m
at 02:00:00   disk fails
              alert db key=a    expect page ann sms alert
at 02:00:05   restart           expect incidents 0
at 02:00:15   alert db key=a    expect page ann sms alert; expect incidents 1
