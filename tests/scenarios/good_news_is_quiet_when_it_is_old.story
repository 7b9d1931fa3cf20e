# Good news within 15 minutes comes the way the page came; later only by a quiet contact.
user ann sms email
user bob sms
user cat sms
last-resort db ann
team db ann+bob 20m, cat 1h
at 02:00   alert db key=k      expect page ann sms; expect page bob sms
at 02:20                       expect page cat sms escalated
at 02:21   cat acknowledges    expect told ann email acked
at 02:30   cat resolves        expect told ann email resolved; expect nothing
