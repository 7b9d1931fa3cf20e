# "I am not Ann": her number has become somebody else's. Nobody acks by that; it goes on.
user ann sms
user bob sms
last-resort db bob
team db ann 5m, bob 5m
at 02:00   alert db                       expect page ann sms
at 02:01   link ann "link sms" disowned   expect entry link "somebody else"; expect page bob sms; expect state triggered; expect owner nobody
at 02:02   bob acknowledges               expect told ann sms acked
at 02:03   clear db                       expect told ann sms resolved; expect told bob sms resolved
           link ann "link sms" disowned   expect answer closed; expect no-entry link
