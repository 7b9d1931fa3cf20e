# Reload: who is being paged and is gone is replaced, never skipped to nobody.
user ann sms
user bob sms
last-resort db bob
team db ann 5m, bob 5m
at 02:00   alert db                       expect page ann sms
at 02:01   change remove user ann         expect page bob sms escalated; expect entry policy
           expect state triggered
