# Triggers within a second of a person's resolve, and of each other: counted, and nothing else.
user ann sms
last-resort db ann
team db ann 1h
at 02:00:00   alert db key=k     expect page ann sms
at 02:05:00   ann resolves       expect nothing; expect state resolved
at 02:05:00   alert db key=k     expect nothing; expect saves 0; expect occurrences #1 2; expect incidents 0
at 02:05:01   expect saves 1
at 02:05:01   alert db key=k     expect nothing; expect saves 0
at 02:05:02   expect saves 1; expect incidents 0
at 02:10:01   alert db key=k     expect page ann sms; expect again #2 after #1
