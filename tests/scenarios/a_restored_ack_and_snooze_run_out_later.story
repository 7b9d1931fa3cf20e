# Their ends passed in the hours that are lost: nobody is woken for that at once.
user   ana   sms email
team   ops   ana 5m
last-resort ops ana
ack-timeout ops 30m
at 03:00     alert ops key=disk "disk full"      expect page ana sms alert
at 03:01     ana acknowledges #1
at 03:02     alert ops key=raid "raid broken"    expect page ana sms alert
at 03:03     ana snoozes #2 for 1h
at 03:04     crash
at 09:00     recall   expect told ana email notice
at 09:10                                         expect page ana sms still; expect page ana sms woken
