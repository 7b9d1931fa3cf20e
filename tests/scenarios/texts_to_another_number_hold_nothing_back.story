# Ann's texts are not Bob's: his comes at once. What comes as one text begins with the worst, and
# the oldest of these.
channel sms limit=20
severity warning normal waking
user ann sms
user bob sms
last-resort db ann
last-resort web bob
team db ann 1h
team web bob 1h
at 02:00:00   alert db key=a service=a severity=error "one"      expect page ann sms alert
at 02:00:01   alert web key=b service=b severity=error "two"     expect page bob sms alert
at 02:00:02   alert db key=c service=c severity=warning "mild"
at 02:00:03   alert db key=d service=d severity=error "worse"
at 02:00:04   alert db key=e service=e severity=error "newer"
at 02:00:10             expect page ann sms bundle "x3 since 02:00: worse, #5 newer, #3 mild"
