# Ann opens the message of last night. Its incident is closed, its link void; what fires now has a
# number of its own, and goes on paging.
user ann sms
user bob sms
last-resort db bob
team db ann 5m, bob 5m
at 02:00   alert db key=k        expect page ann sms
at 02:04   clear db key=k        expect told ann sms cleared; expect revoked #1
at 02:10   alert db key=k        expect page ann sms; expect again #2 after #1
at 02:11   ann acknowledges #1   expect answer closed; expect state #2 triggered; expect paging ann
at 02:15                         expect page bob sms escalated
           bob acknowledges #2   expect told ann sms acked; expect owner #2 bob
