# What the source says last counts: the summary, the host. What it leaves out stays.
user ann sms
last-resort db ann
team db ann 1h
at 02:00   alert db key=k host=db1 "disk 90 %"   expect page ann sms; expect summary "disk 90 %"
           alert db key=k host=db2 "disk 95 %"   expect nothing; expect summary "disk 95 %"
           alert db key=k host=db2               expect nothing; expect summary "disk 95 %"
           alert db key=k                        expect nothing
at 02:01   crash
at 02:02   restart                               expect summary "disk 95 %"
           alert db key=k host=db2 "disk 99 %"   expect summary "disk 99 %"; expect nothing
           expect incidents 1
