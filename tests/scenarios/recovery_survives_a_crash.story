# Rests, acks and snoozes are records: they are there after a restart.
user ann sms
user bob sms
last-resort db ann
recovery cover=everyone
members db ann bob
duty db primary ann
team db primary 10m
at 03:00   alert db key=a               expect page ann sms
at 03:01   ann acknowledges
at 03:20   ann resolves                 expect told ann sms rest; expect told bob sms cover
at 03:21   alert db key=b               expect page bob sms
           bob snoozes for 2h
           crash
at 03:22   restart                      expect nothing; expect rest ann until Sun 03:20; expect oncall db primary bob cover
at 05:21                                expect page bob sms woken
