# A silence binds pagerd, not people.
user     ana sms
user     boris sms
last-resort db ana
team     db  ana 5m

at 02:00   ana silences host=db1 for 2h
at 02:10   alert db host=db1 severity=error "one"  expect state suppressed; expect nothing
at 02:20   ana reassigns to boris "look at it"    expect page boris sms by-hand; expect state triggered
at 02:21   alert db host=db1 severity=critical "one"   expect state triggered
           boris acknowledges
at 04:00   expect told ana sms notice "1 dealt with meanwhile"
