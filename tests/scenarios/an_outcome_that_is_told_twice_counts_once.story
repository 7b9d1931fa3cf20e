# Providers tell twice, and late: "failed" told again pages no third contact.
user ann sms push email
user bob sms
last-resort db bob
team db ann 10m, bob 5m
at 02:00:00   courier fails ann sms after 10s
              alert db key=a       expect page ann sms alert
at 02:00:10                        expect page ann push alert
at 02:00:40   courier repeats      expect answer already; expect nothing
