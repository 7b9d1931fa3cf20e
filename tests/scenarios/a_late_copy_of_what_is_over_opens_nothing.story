# Two Alertmanagers, or a retry: the firing copy comes after the resolve.
user ann sms
last-resort db ann
team db ann 8h
at 02:00     alert db key=k since=01:59            expect page ann sms alert
at 02:01     clear db key=k                        expect told ann sms cleared
at 02:01:15  alert db key=k since=01:59            expect nothing; expect entry late; expect occurrences 2
             expect incidents 0; expect answer done
at 02:02     alert db key=k since=02:01:40         expect page ann sms alert; expect again #2 after #1
at 02:03     clear db key=k                        expect told ann sms cleared
at 02:09     alert db key=k since=02:01:40         expect page ann sms alert; expect again #3 after #2
at 02:09:05  clear db key=k                        expect told ann sms cleared
at 02:09:10  alert db key=k                        expect page ann sms alert
