# Its end lies in the hours that are lost: what it held back gets its ten minutes, too.
user   ana   sms email
team   ops   ana 5m
last-resort ops ana
at 03:00     ana silences host=db1 for 1h
at 03:01     alert ops key=disk host=db1 "disk full"   expect nothing
at 03:02     crash
at 09:00     recall   expect told ana email notice
at 09:10                                         expect page ana sms alert
