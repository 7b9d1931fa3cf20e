# A routed key that raises too much: each team that it concerns is paged.
user ann sms
user dan sms
last-resort db ann
last-resort web dan
team db ann 1h
team web dan 1h
route db host=db*
route web
source monitor open=1
at 02:00   alert - key=a host=db1 "a"    expect page ann sms
at 02:00   alert - key=b host=db2 "b"    expect page ann sms; expect incidents 2
at 02:00   alert - key=c host=web1 "c"   expect page dan sms; expect incidents 3
at 02:00   alert - key=d host=web2 "d"   expect nothing; expect occurrences #3 2
