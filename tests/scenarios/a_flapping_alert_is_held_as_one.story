# It comes and goes: one incident until it stays away.
user ann sms
last-resort db ann
team db ann 8h
flapping 2 1h 15m
at 02:00      alert db key=k   expect page ann sms alert
at 02:01      clear db key=k   expect told ann sms cleared
at 02:02      alert db key=k   expect page ann sms alert
at 02:03      clear db key=k   expect told ann sms cleared
at 02:04      alert db key=k   expect page ann sms alert; expect entry flapping "3 times now"; expect rule #3 k "flapping"
at 02:05      clear db key=k   expect nothing; expect state #3 triggered; expect entry flapping "held"; expect firing #3 0
at 02:06      alert db key=k   expect nothing; expect occurrences #3 2
at 02:07      ann acknowledges
at 02:08      clear db key=k   expect nothing; expect state #3 acknowledged
at 02:20      alert db key=k   expect nothing; expect occurrences #3 3; expect state #3 acknowledged
at 02:21      clear db key=k   expect nothing
at 02:21:10   clear db key=k   expect answer already; expect nothing
at 02:35      crash
at 02:36:30   restart          expect state #3 acknowledged
at 02:41:30                    expect state #3 resolved; expect entry quiet
at 02:50      alert db key=k   expect page ann sms alert; expect rule #4 k "new"; expect incidents 1
