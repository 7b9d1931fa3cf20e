# The trigger was held up on the way and comes behind its own resolve. Nothing says that it is old,
# so it pages: rather once too often.
user ann sms
last-resort db ann
team db ann 5m
at 02:00   clear db key=k   expect answer already; expect incidents 0
at 02:01   alert db key=k   expect page ann sms alert; expect incidents 1
at 02:02   clear db key=k   expect told ann sms cleared
           clear db key=k   expect answer already; expect nothing
