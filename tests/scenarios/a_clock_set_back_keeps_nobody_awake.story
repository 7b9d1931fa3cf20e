user ann push sms
user bob sms
last-resort db bob
team db ann 30m, bob 10m
at 03:00   ann is-awake for 1h   expect awake ann until 04:00
at 03:30   clock -10h            expect awake ann until 18:00
