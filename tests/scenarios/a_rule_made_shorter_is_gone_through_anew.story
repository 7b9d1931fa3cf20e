# Ann has had a mail, the call was due in 10 minutes; then the rule becomes one step. Its place past
# the end is no reason to stop: it is gone through as it is now.
user ann email sms
rule normal 0s email, 10m sms
last-resort db ann
team db ann 1h
at 02:00   alert db                     expect page ann email alert
at 02:01   change rule normal 0s sms    expect nothing
at 02:10                                expect page ann sms alert; expect nothing for 50m
