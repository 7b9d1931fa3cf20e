# One of two pages of a turn had left: both go out again and say that they may be repeats.
user ann sms
user bob sms
last-resort db bob
team db ann+bob 5m
at 02:00:00   crash after-send 1
              alert db key=a    expect page ann sms alert
at 02:00:05   restart           expect page ann sms alert repeat; expect page bob sms alert repeat
