# A comment made there for what is not open here changes nothing and is no error.
user ann sms
last-resort db ann
team db ann 5m
at 02:00   source-note db key=k "hm"   expect answer already; expect no-entry note
           alert db key=k              expect page ann sms
           source-note db key=k "hm"   expect entry note "hm"
           clear db key=k              expect told ann sms cleared
at 02:01   source-note db key=k "ah"   expect answer already; expect no-entry note
