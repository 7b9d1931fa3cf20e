# Awake for 15 minutes at night: off call until 24 h after the resolve; both are told.
user ann sms email
user bob sms email
last-resort db bob
recovery when=15m pages=9 rest=24h cover=secondary+everyone
members db ann bob
duty db primary ann
duty db secondary bob
team db primary 5m, secondary 5m
at Sun 03:02   alert db key=k   expect page ann sms alert
at Sun 03:04   ann acknowledges
at Sun 03:31   ann resolves     expect told ann email rest "off call till Mon 23 Nov 03:31 after tonight's #1. Bob covers"
               expect told bob email cover "db primary from now till Mon 23 Nov 03:31, Ann rests after #1"
               expect rest ann until Mon 03:31 because "#1, awake 03:02-03:31 (29m)"
               expect cover ann bob; expect entry recovery-started
               expect oncall db primary bob cover until Mon 03:31 because "ann rests until Mon 23 Nov 03:31 (#1, awake 03:02-03:31 (29m)), bob covers"
               expect oncall db primary at Mon 03:31 ann fixed
at Sun 12:00   alert db key=j   expect page bob sms alert
               bob acknowledges; bob resolves
at Mon 03:31   expect nothing; expect no-rest ann; expect entry recovery-ended; expect oncall db primary ann fixed
at Mon 04:00   alert db key=i   expect page ann sms alert
