user ann push sms
user bob sms
rule loud 0s push
severity critical loud waking
severity error loud waking
last-resort db bob
storm 0 2m
team db ann 30m, bob 10m
at 03:00   ann is-awake
at 03:01   alert db key=a severity=error "one"   expect page ann push alert
at 03:01:30   alert db key=b severity=error "two"   expect nothing
at 03:01:40   alert db key=c severity=error "three" expect nothing
at 03:02   crash
at 03:02:30   restart   expect nothing
at 03:03   expect page ann push bundle "x2 since 03:01: two, #3 three"
