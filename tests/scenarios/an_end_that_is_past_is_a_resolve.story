# The state of Prometheus' resolved alert is its end, repeated for a quarter of an hour.
user ann sms
last-resort db ann
team db ann 8h
reopen 24h
at 02:00     alert db key=k ends=+4m              expect page ann sms alert
at 02:01     alert db key=k ends=02:00:50         expect told ann sms cleared; expect state resolved
at 02:02     alert db key=k ends=02:00:50         expect answer already; expect nothing; expect incidents 0
at 02:09     alert db key=k ends=02:00:50         expect answer already; expect nothing; expect incidents 0
at 02:10     alert db key=other ends=01:00        expect answer already; expect nothing; expect incidents 0
at 02:11     alert db key=k ends=+4m              expect page ann sms alert; expect again #2 after #1
at 02:11:10  ann resolves                         expect state resolved
at 02:12     alert db key=k ends=02:11:30         expect answer already; expect entry source-resolved
