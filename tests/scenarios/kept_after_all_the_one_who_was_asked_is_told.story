# Ann asked Bob, and then keeps it herself. Bob, who has just been called, is told so.
user ann sms
user bob sms
last-resort db bob
team db ann 1h
at 02:00   alert db                expect page ann sms
           ann acknowledges
           ann reassigns to bob    expect page bob sms by-hand
at 02:05   ann acknowledges        expect answer already; expect told bob sms acked; expect stop bob
           ann acknowledges        expect answer already; expect nothing for 3h
