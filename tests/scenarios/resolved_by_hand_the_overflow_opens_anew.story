# Somebody's resolve of the bundle says nothing of the next alert: it pages again, and is no loss.
user ann sms
last-resort db ann
team db ann 1h
source monitor open=1
at 02:00   alert db key=a "a"   expect page ann sms
at 02:00   alert db key=b "b"   expect page ann sms; expect incidents 2
           expect summary "more than 1 open incidents of monitor: 1 more; the worst: b"
at 02:01   ann resolves #2
at 02:02   alert db key=c "c"   expect page ann sms; expect incidents 2; expect again #3 after #2
# Another key has its own limits.
at 02:03   alert db key=d from=other "d"   expect page ann sms; expect incidents 3
at 02:04   alert db key=e from=other "e"   expect page ann sms; expect incidents 4
# With room again the next one opens its own.
at 02:05   ann resolves #1; ann resolves #3
at 02:12   alert db key=f "f"   expect page ann sms; expect summary "f"
