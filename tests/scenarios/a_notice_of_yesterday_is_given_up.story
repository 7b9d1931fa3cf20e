# What is no alarm is tried for a day at most: once more after an outage, and no longer.
user ann email
last-resort db ann
team db ann 1h
at 02:00:00    courier retries ann email
               notice db "the calendar is broken"   expect told ann email notice
at 02:00:05    crash
at Sun 02:30   restart     expect told ann email notice; expect entry page-failed; expect nothing for 1h
