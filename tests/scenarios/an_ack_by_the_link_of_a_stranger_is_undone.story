# Whoever pressed it first and then read whom it was for. Only an ack that came by that link.
user ann sms email
user bob sms
rule normal 0s sms+email
last-resort db bob
team db ann+bob 5m
at 02:00   alert db key=a                     expect page ann sms; expect page ann email; expect page bob sms
at 02:01   ann acknowledges by "link sms"     expect told bob sms acked; expect owner ann
at 02:02   link ann "link email" disowned     expect entry link; expect owner ann; expect nothing
at 02:03   link ann "link sms" disowned       expect entry unacknowledged; expect owner nobody; expect page bob sms again; expect page ann sms again; expect page ann email again
at 02:04   bob acknowledges by "link sms"     expect owner bob; expect told ann sms acked; expect told ann email acked
at 02:05   link ann "link sms" disowned       expect owner bob; expect nothing
# Whether he put it off by that link is not known: it is paged.
at 03:00   alert db key=b                     expect page ann sms; expect page ann email; expect page bob sms
           ann snoozes for 2h                 expect state snoozed
at 03:01   link bob "link sms" disowned       expect state snoozed; expect nothing
           link ann "link sms" disowned       expect state triggered; expect entry woken "undone"; expect page ann sms again; expect page ann email again; expect page bob sms again
