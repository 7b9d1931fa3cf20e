# The clock of the promotion begins anew when it is paged.
user     ana sms
last-resort db ana
team     db  ana 5h
severity warning quiet not-waking promote=30m

at 02:00   ana silences host=db1 for 2h
at 02:10   alert db host=db1 severity=warning "one"  expect state suppressed; expect nothing for 1h
at 04:00   expect page ana sms alert "Held back"; expect told ana sms notice
at 04:30   expect page ana sms again; expect severity critical
           ana acknowledges
