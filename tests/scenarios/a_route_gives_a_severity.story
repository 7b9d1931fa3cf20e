# What comes by a route with a severity has that one, also when the source repeats itself.
user ann sms email
last-resort net ann
team net ann 1h
route net as=warning host=snmp*
route net
at 10:00   alert - key=a host=snmp1
           expect page ann email alert; expect severity warning
           expect entry routed "route 1 (host=snmp*) -> net, as warning"
at 10:01   alert - key=a host=snmp1   expect nothing; expect severity warning; expect occurrences 2
at 10:02   alert - key=b host=db1     expect page ann sms alert; expect severity critical
