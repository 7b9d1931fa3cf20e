# An hour after her ack Ann is asked first, but her telephone is dead: the step is not waited for.
user ann sms
user bob sms
last-resort db bob
ack-timeout db 1h
team db bob 30m
at 02:00   alert db            expect page bob sms
           ann acknowledges    expect told bob sms acked
           courier fails ann sms
at 03:00                       expect page ann sms still; expect page bob sms again
           expect entry page-failed "cannot be reached by any contact"
           expect nothing for 29m
