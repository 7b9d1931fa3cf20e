# Its source ends it within the ten minutes.
user   ana   sms email
team   ops   ana 5m
last-resort ops ana
at 03:00     alert ops key=disk "disk full"      expect page ana sms alert
at 03:01     crash
at 09:01     recall   expect told ana email notice
at 09:02     clear ops key=disk                  expect told ana email cleared
at 09:30                                         expect nothing for 1h
