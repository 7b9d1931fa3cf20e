# A wait, an ack timeout, a snooze "for", a promotion and a retry run on one clock; the other one is
# set ten years ahead and fifteen back. None of them is early, none is late.
user ann sms
user bob sms
severity warning quiet not-waking promote=2h
storm 0 2m
awake 0s 0s
last-resort db bob
ack-timeout db 90m
team db ann 1h, bob 24h
at 12:00   alert db key=walk                      expect page ann sms
           alert db key=acked                     expect page ann sms
           ann acknowledges
           alert db key=snoozed                   expect page ann sms
           ann snoozes for 100m
           alert db key=warned severity=warning   expect page ann sms
           courier retries bob sms
at +10m    clock +87600h     expect nothing
at +50m    expect page bob sms escalated "Ann silent 1h"; expect page bob sms escalated "Ann silent 1h"
at +5s     courier sends bob sms; clock -87600h; clock -43800h
at +5s     expect page bob sms; expect page bob sms; expect nothing
at +1790s expect page ann sms still
           ann acknowledges #2
at +10m    expect page ann sms woken
           ann acknowledges #3
           clock +87600h
at +20m    expect page ann sms again; expect severity #4 critical
