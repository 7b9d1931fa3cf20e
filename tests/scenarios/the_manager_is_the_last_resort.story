# Without a last resort it is the manager, without a manager the admins.
user ann sms
user bob sms
user cat sms admin
manager db bob
team db ann 5m
team web ann 5m
at 02:00   alert db key=a     expect page ann sms
at 02:01   alert web key=b    expect page ann sms
at 02:05                      expect page bob sms last-resort
at 02:06                      expect page cat sms last-resort
