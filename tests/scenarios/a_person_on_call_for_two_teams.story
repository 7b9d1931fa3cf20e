# On call for two teams at once is allowed: both page; leave counts in both.
user ann sms
user bob sms
user cat sms
last-resort db bob
last-resort web cat
members db ann bob
members web ann cat
recovery cover=everyone
duty db primary ann
duty web primary ann
away ann 2026-11-21/18:00 2026-11-22/09:00
team db primary 5m
team web primary 5m
at 12:00   alert db key=a    expect page ann sms; ann resolves #1
           alert web key=b   expect page ann sms; ann resolves #2
at 18:00   expect told bob sms cover "db primary"; expect told cat sms cover "web primary"
           expect oncall db primary bob cover; expect oncall web primary cat cover
