# Planned, begun and over while pagerd was down.
user     ana sms
last-resort db ana
team     db  ana 60m

at 02:00   ana silences host=db1 from 03:00 until 04:00
at 02:40   alert db host=db1 "one"             expect page ana sms alert
at 02:50   crash
at 05:00   restart
at +0s                                         expect page ana sms last-resort late; expect state #1 triggered
           ana acknowledges
