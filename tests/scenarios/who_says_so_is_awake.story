# Without a push: the contacts of the first step that do not ring; all of it when she goes to sleep.
user ann sms call
user bob sms
rule loud 0s sms+call
rule ring 0s call
severity critical loud waking
severity error ring waking
last-resort db bob
storm 0 2m
awake 0s 2m
team db ann 30m, bob 10m
at 03:00   ann is-awake           expect awake ann until 04:00; expect entry awake
at 03:01   ann is-awake for 30m   expect answer already; expect awake ann until 04:00
at 03:02   ann is-awake for 13h   expect answer invalid
at 03:03   zoe is-awake           expect answer refused
at 03:04   alert db key=a "one"   expect page ann sms alert
at 03:05   alert db key=b severity=error "two"   expect nothing
at 03:06   expect page ann call alert
at 03:07   alert db key=c severity=error "three"   expect nothing
at 03:07   alert db key=d severity=error "four"    expect nothing
at 03:07:30   ann goes-to-sleep   expect asleep ann
at 03:07:30   expect page ann call bundle "x2 since 03:07: three, #4 four"
at 03:07:31   ann goes-to-sleep   expect answer already
at 03:08   ann resolves #1
at 03:08   ann resolves #2
at 03:08   ann resolves #3
at 03:08   ann resolves #4
at 03:09   alert db key=e "five"   expect page ann sms alert; expect page ann call alert
