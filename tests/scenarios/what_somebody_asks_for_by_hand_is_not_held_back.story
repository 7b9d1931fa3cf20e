# The number has had its limit of texts: what is asked for by hand goes all the same, and so does
# what its person has put off.
channel sms limit=1
user ann sms
user bob email
last-resort db ann
team db ann 1h
at 02:00:00   alert db key=a service=a           expect page ann sms alert
at 02:01:00   bob reassigns #1 to ann "look"     expect page ann sms by-hand
at 02:02:00   ann snoozes #1 for 2m
at 02:04:00                                      expect page ann sms woken
