# The same word of two sources, and words that nobody knows.
user ann sms email
last-resort db ann
team db ann 1h
source zabbix P3=critical default=warning
at 10:00   alert db key=a from=zabbix word=p3
           expect page ann sms alert; expect severity critical
           expect entry routed "severity p3 of zabbix is critical here"
at 10:01   alert db key=b from=other word=p3
           expect page ann email alert; expect severity warning; expect no-entry routed
at 10:02   alert db key=c from=zabbix word=blurb
           expect page ann email alert; expect severity warning
           expect entry routed "severity blurb of zabbix is not known: warning"
at 10:03   alert db key=d from=other word=blurb
           expect page ann sms alert; expect severity error
at 10:04   alert db key=e from=zabbix word=critical
           expect page ann sms alert; expect severity critical; expect no-entry routed
