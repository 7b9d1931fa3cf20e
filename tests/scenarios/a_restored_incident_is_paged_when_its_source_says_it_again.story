# The hours that are lost are no reason to wait: it fires now, and is paged now, once.
user   ana   sms email
team   ops   ana 5m
last-resort ops ana
at 03:00     alert ops key=disk "disk full"      expect page ana sms alert
at 03:01     crash
at 09:01     recall   expect told ana email notice
at 09:02     alert ops key=disk "disk full"      expect page ana sms alert
at 09:03     alert ops key=disk "disk full"   expect nothing
