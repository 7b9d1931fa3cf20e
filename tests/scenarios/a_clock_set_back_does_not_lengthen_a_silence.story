# By a year: what was left of it runs on.
user     ana sms
last-resort db ana
team     db  ana 5m

at 02:00   ana silences host=db1 for 2h
at 02:10   alert db host=db1 "one"             expect state suppressed; expect nothing
at 03:00   clock -8760h                        expect entry silence "the clock was set back, and so was its end"; expect nothing for 59m
at +1m     expect page ana sms alert "Held back"; expect told ana sms notice
           ana acknowledges
