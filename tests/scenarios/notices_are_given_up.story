# A notice is no alarm: 10 attempts, then an entry.
user ann email
last-resort db ann
team db ann 1h
at 02:00      courier retries ann email
              notice db "the calendar is broken"   expect told ann email notice "the calendar is broken"
at 02:00:10   expect told ann email notice
at 02:00:40   expect told ann email notice
at 02:01:40   expect told ann email notice
at 02:03:40   expect told ann email notice
at 02:08:40   expect told ann email notice
at 02:13:40   expect told ann email notice
at 02:18:40   expect told ann email notice
at 02:23:40   expect told ann email notice
at 02:28:40   expect told ann email notice; expect entry page-failed; expect nothing for 48h
