# Ann helped out and forgot; meanwhile her leave has begun. Bob is asked at once, not after the
# hour that she would have had.
user ann sms
user bob sms
last-resort db bob
ack-timeout db 2h
away ann 2026-11-21/13:00 2026-11-28/13:00
team db bob 1h
at 12:00   alert db             expect page bob sms
at 12:01   ann acknowledges     expect told bob sms acked
at 14:01                        expect page bob sms again; expect entry ack-timeout; expect stop ann
