# The same word to the same person once an hour at most; to the manager, by a quiet contact.
user ann sms email
user bob sms admin
manager db ann
team db bob 1h
at 02:00   notice db "gap on Saturday"   expect told ann email notice
           notice db "gap on Saturday"   expect answer already; expect nothing
           notice db "gap on Sunday"     expect told ann email notice
           notice - "disk is full"       expect told bob sms notice
at 03:00   notice db "gap on Saturday"   expect told ann email notice
