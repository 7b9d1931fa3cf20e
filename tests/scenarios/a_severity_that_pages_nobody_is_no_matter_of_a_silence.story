# It is suppressed by its own rule, also after the silence.
user     ana sms
last-resort db ana
team     db  ana 5m

at 02:00   ana silences host=db1 for 2h
at 02:10   alert db host=db1 severity=info "one"   expect state suppressed; expect entry suppressed "pages nobody (notify"; expect nothing for 5h
at 07:10   expect state suppressed
