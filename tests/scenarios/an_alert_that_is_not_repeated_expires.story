# Prometheus says until when it fires; what it stops to repeat is over by itself.
user ann sms
last-resort db ann
team db ann 8h
at 02:00     alert db key=k since=01:58 ends=+4m   expect page ann sms alert; expect alerts 1; expect firing 1
at 02:01     alert db key=k since=01:58 ends=+4m   expect occurrences 2
at 02:04:30                                        expect nothing; expect state triggered
at 02:05                                           expect told ann sms cleared; expect state resolved
             expect entry expired "has not repeated it"; expect incidents 0
at 02:06     alert db key=k since=01:58 ends=+4m   expect page ann sms alert; expect again #2 after #1
at 02:07     alert db key=k since=01:58            expect occurrences 2
at 08:00     clear db key=k                        expect nothing; expect state resolved
expect rule #2 k "new"
