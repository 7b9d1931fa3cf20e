user     ana sms
user     boris sms
last-resort db ana
last-resort web boris
team     db  ana 5m
team     web boris 5m

at 02:00   ana silences severity=* team=db for 2h
at 02:10   alert db key=a "one"              expect state suppressed; expect nothing
           alert web key=b "two"             expect page boris sms alert
           boris acknowledges
           clear db key=a
at 04:00   expect told ana sms notice "1 dealt with meanwhile"
