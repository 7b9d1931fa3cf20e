# No report of nothing.
user     ana sms
last-resort db ana
team     db  ana 5m

at 02:00   ana silences host=db1 for 2h
at 04:00   expect entry silence-ended; expect nothing for 4h
at 08:00   alert db host=db1                expect page ana sms alert
