# Begun when there are more: it holds what all of them have in common, not what the first says.
user ann sms
last-resort db ann
team db ann 8h
group by=service window=2h
at 02:00      alert db key=a service=web host=db1           expect page ann sms alert
at 02:01      alert db key=b service=web host=db2           expect nothing
at 02:02      ann silences host=db1 for 2h "disk swap"      expect state triggered
              ann silences host!=db3 for 2h "all but db3"   expect state triggered
at 02:03      restart
at 02:04      ann silences host=db* for 2h "all of them"    expect state triggered
              ann silences service=web for 1h "the site"    expect state suppressed; expect nothing
at 03:04                                                    expect page ann sms alert "Held back by silence s4 until now"; expect told ann sms notice; expect state triggered
