# Resolves come late, twice, and for keys that nobody knows: a success without effect.
user ann sms
last-resort db ann
team db ann 1h
at 02:00   clear db key=k   expect answer already; expect nothing
at 02:01   alert db key=k   expect page ann sms
at 02:02   clear db key=k   expect told ann sms cleared
           clear db key=k   expect answer already; expect nothing
