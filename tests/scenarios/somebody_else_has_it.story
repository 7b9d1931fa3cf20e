# A second ack is a conflict, unless it is taken over.
user ann sms email
user bob sms
last-resort db ann
team db ann+bob 1h
at 02:00   alert db                expect page ann sms; expect page bob sms
at 02:01   ann acknowledges        expect told bob sms acked; expect stop bob; expect entry acknowledged "ann has it"
at 02:02   bob acknowledges        expect answer conflict ann; expect owner ann
at 02:03   bob acknowledges take   expect told ann sms acked; expect told ann email acked; expect owner bob
at 02:04   bob acknowledges        expect answer already bob
