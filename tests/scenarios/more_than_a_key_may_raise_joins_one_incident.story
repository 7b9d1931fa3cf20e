# Beyond the rate nothing is refused: it joins one incident, which pages once, and again when it gets worse.
user ann sms email
storm 0 2m
last-resort db ann
team db ann 1h
source monitor rate=2 burst=2
at 02:00   alert db key=a severity=warning "a"   expect page ann email
at 02:00   alert db key=b severity=warning "b"   expect page ann email
at 02:00   alert db key=c severity=warning service=web "c is slow"   expect page ann email; expect incidents 3
           expect summary "more than 2 new alerts a minute from monitor: 1 more; the worst: c is slow"
           expect entry overflow "warning: c is slow (web)"
at 02:00   alert db key=d severity=warning "d"   expect nothing; expect incidents 3
           expect summary #3 "more than 2 new alerts a minute from monitor: 2 more; the worst: c is slow"
           expect entry overflow "warning: d"; expect occurrences #3 2
# A repeat of what is open is counted there, and a resolve is never too many.
at 02:00   alert db key=a severity=warning "a"   expect occurrences #1 2; expect occurrences #3 2
at 02:00   clear db key=b   expect state #2 resolved; expect told ann email cleared
# The worst of all pages at once.
at 02:00   alert db key=e severity=critical "e is down"   expect page ann sms
           expect severity #3 critical
           expect summary #3 "more than 2 new alerts a minute from monitor: 3 more; the worst: e is down"
at 02:00   alert db key=f severity=warning "f"   expect nothing; expect severity #3 critical
           expect summary #3 "more than 2 new alerts a minute from monitor: 4 more; the worst: e is down"
# When there is room again, what still fires opens its own.
at 02:01   alert db key=e severity=critical "e is down"   expect page ann sms; expect incidents 3
