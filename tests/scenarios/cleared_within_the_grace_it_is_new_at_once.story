# A clear after the hand's resolve ends the episode: the next trigger is new at once.
user ann sms
last-resort db ann
team db ann 1h
at 02:00   alert db key=k   expect page ann sms
at 02:05   ann resolves
at 02:06   clear db key=k   expect answer already; expect entry source-resolved
at 02:07   alert db key=k   expect page ann sms; expect again after #1
