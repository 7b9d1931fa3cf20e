# An acked incident stays with who goes to rest, until the walk moves: then the cover is paged.
user ann sms
user bob sms
last-resort db bob
manager db bob
ack-timeout db 2h
recovery rest=24h cover=everyone
members db ann bob
duty db primary ann
team db primary 1h
at 12:00   alert db key=a   expect page ann sms
           ann acknowledges
at 12:10   bob sends-to-rest ann for 24h   expect told ann sms rest; expect told bob sms cover; expect owner ann
           expect nothing for 110m
at 14:00                                   expect page bob sms alert; expect state triggered
