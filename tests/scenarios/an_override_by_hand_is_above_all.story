# By hand above the override calendar, that above the rota; when one ends, the next has its say.
user ann sms
user bob sms
user cat sms
user dan sms
last-resort db dan
rota main ann 2026-11-20/09:00 2026-11-27/09:00
rota swaps bob 2026-11-21/08:00 2026-11-21/20:00
duty db primary calendar:main
overrides db primary calendar:swaps
team db primary 10m
at 07:00   expect oncall db primary ann calendar until 08:00 because "main.ics:12"
at 08:00   expect oncall db primary bob override instead-of ann until 20:00 because "swaps.ics:12"
           alert db key=a   expect page bob sms; bob acknowledges; bob resolves
           dan overrides db primary to cat from 10:00 until 12:00   expect told cat sms override "cat instead of bob, by dan"
           expect told bob sms override "cat instead of bob"
           dan overrides db primary to dan from 11:00 until 12:00   expect told cat sms override "dan instead of cat"
           expect oncall db primary bob override until 10:00
at 10:00   expect oncall db primary cat override instead-of bob until 11:00 because "override o1 by dan"
at 11:00   expect oncall db primary dan override instead-of bob until 12:00 because "override o2 by dan"
           alert db key=b   expect page dan sms; dan acknowledges; dan resolves
at 12:00   expect oncall db primary bob override until 20:00
at 20:00   expect oncall db primary ann calendar until 2026-11-27/09:00
