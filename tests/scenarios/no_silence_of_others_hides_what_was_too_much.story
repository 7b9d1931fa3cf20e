# Everything but db1 is silent. What is too much of its source has no labels of its own, and may be db1's: it pages.
user ann sms
last-resort db ann
team db ann 8h
source monitor open=1
at 02:00   ann silences host!=db1 for 2h "work"
at 02:01   alert db key=a host=web1 "a"          expect nothing; expect state #1 suppressed
at 02:02   alert db key=b host=db1 "b is down"   expect page ann sms alert; expect state #2 triggered
           expect summary #2 "more than 1 open incidents of monitor: 1 more; the worst: b is down"
# A silence of the whole source holds it.
           ann resolves #2
at 02:10   ann silences integration=monitor for 1h "source"
at 02:11   alert db key=c host=db1 "c is down"   expect nothing; expect state #3 suppressed
at 03:10                                         expect page ann sms alert "Held back by silence s2 until now"; expect told ann sms notice
