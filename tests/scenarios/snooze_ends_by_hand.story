# --off: triggered again at once.
user ann sms
last-resort db ann
team db ann 5m
at 02:00   alert db             expect page ann sms
at 02:01   ann snoozes for 2h
at 02:10   ann unsnoozes        expect page ann sms again; expect state triggered
           ann unsnoozes        expect answer already
