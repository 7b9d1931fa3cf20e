# Down for a day and a half. A walk that would have been at its last resort for hours, an ack that is
# forgotten, a snooze that is over, a warning that is critical by now: each is done once, late and
# marked, as things stand now; nothing of what lies between is replayed.
user ann sms
user bob sms
user cat sms
severity warning quiet not-waking promote=6h
storm 0 2m
awake 0s 0s
last-resort db cat
ack-timeout db 4h
team db ann 5m x2, bob 5m, cat 5m
at 02:00   alert db key=walk                     expect page ann sms alert
           alert db key=acked                    expect page ann sms alert
           ann acknowledges
           alert db key=snoozed                  expect page ann sms alert
           ann snoozes for 1h
           alert db key=slept                    expect page ann sms alert
           ann snoozes until 09:00
           alert db key=warned severity=warning  expect page ann sms alert
           crash
at +36h    restart                               expect nothing
at +0s     expect page ann sms again late
           expect page ann sms still late "acked 1d12h ago"
           expect page ann sms woken late
           expect page ann sms woken late
           expect page ann sms again late; expect severity #5 critical
           expect nothing for 5m
