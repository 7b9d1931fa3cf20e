# Resolved by hand, and the source goes on within the second and after: counted, nobody is paged.
user ann sms
storm 0 2m
last-resort db ann
team db ann 5m
at 02:00   alert db key=k   expect page ann sms
           alert db key=j   expect page ann sms
           ann snoozes #2 until 09:00
at 02:01   ann resolves #1   expect entry resolved
           alert db key=k   expect nothing; expect incidents 1
           alert db key=k   expect nothing for 2m
           alert db key=k   expect nothing; expect occurrences #1 4; expect incidents 1
at 02:06   expect nothing
at 02:06:01   expect page ann sms; expect again #3 after #1
           clear db key=k     expect told ann sms cleared
at 09:00   expect page ann sms woken
