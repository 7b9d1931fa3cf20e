# Of everyone: who is there, else who has paused, else who rests.
user ann sms
user bob sms
user cat sms
user mia sms
manager db mia
last-resort db mia
members db ann bob cat
recovery night=20:30-08:30 rest=24h cover=everyone
team db everyone 5m
at 12:00   ann pauses for 3h
at 12:01   bob pauses for 3h
at 12:02   mia sends-to-rest cat for 9h   expect told cat sms rest
at 12:03   alert db   expect page ann sms alert; expect page bob sms alert
at 12:04   ann acknowledges   expect told bob sms acked
