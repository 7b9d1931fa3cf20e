# By the acker or anybody who was paged; nobody else.
user ann sms
user bob sms
user cat sms
last-resort db ann
team db ann 5m, bob 5m
at 02:00   alert db           expect page ann sms alert
at 02:05                      expect page bob sms escalated
at 02:06   ann acknowledges   expect told bob sms acked
at 02:07   cat undoes         expect answer refused
           bob undoes         expect page ann sms again; expect state triggered; expect owner nobody
at 02:08   ann undoes         expect answer already
