# The night of 25 October 2026 has 10 hours: 02:30 comes twice, and both are night.
date 2026-10-24
user ann sms
user bob sms
last-resort db bob
recovery night=22:00-07:00 when=15m pages=9 rest=24h cover=everyone
members db ann bob
duty db primary ann
team db primary 5h
at 2026-10-25 01:50   alert db key=a   expect page ann sms
                      ann acknowledges
at +20m               ann resolves     expect told ann sms rest "off call till Mon 26 Oct 01:10"; expect told bob sms cover
