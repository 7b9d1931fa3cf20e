# Escalate: the next step now; it stays the owner's until the newcomer acks, without conflict.
user ann sms
user bob sms
user cat sms
last-resort db cat
team db ann 5m, bob 5m
at 02:00   alert db                       expect page ann sms
at 02:01   ann acknowledges
at 02:02   ann escalates "need a DBA"     expect page bob sms by-hand "need a DBA"; expect state acknowledged; expect owner ann
           expect next cat at 02:07 last-resort
at 02:03   bob acknowledges               expect told ann sms acked; expect owner bob
           expect nothing for 3h
