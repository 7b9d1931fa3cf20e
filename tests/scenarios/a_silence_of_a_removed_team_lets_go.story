# The incident goes to another team, which the silence does not fit.
user     ana sms
user     boris sms
last-resort db ana
last-resort web boris
team     web boris 5m
team     db  ana 5m

at 02:00   ana silences host=db1 team=db for 2h
at 02:10   alert db host=db1 "one"           expect state suppressed; expect nothing
at 02:20   change remove team db             expect page boris sms alert "Held back"
           boris acknowledges
at 04:00   expect told ana sms notice
