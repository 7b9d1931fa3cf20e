# The same key from another integration is another problem.
user ann sms
storm 0 2m
last-resort db ann
team db ann 1h
at 02:00   alert db key=7 from=zabbix "one"   expect page ann sms
           alert db key=7 from=icinga "two"   expect page ann sms; expect incidents 2
at 02:01   clear db key=7 from=zabbix         expect told ann sms cleared; expect incidents 1
           expect state #2 triggered; expect state #1 resolved
