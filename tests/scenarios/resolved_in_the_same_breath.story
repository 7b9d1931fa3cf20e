# Trigger and resolve at once: the page was handed out; the good news follows.
user ann sms
last-resort db ann
team db ann 1h
at 02:00   alert db key=a; clear db key=a
           expect page ann sms alert; expect told ann sms cleared; expect state resolved
