# Snoozed until nine, then the machine starts again with a clock of last year: what was left of the
# snooze runs on, as when the clock is set back under a pagerd that is up.
user ann sms
last-resort db ann
team db ann 5m
at 02:00   alert db key=k        expect page ann sms
at 02:01   ann snoozes until 09:00
at 02:02   crash; clock -8760h; restart
           expect entry snoozed "set back"; expect nothing for 6h
at +58m                          expect page ann sms woken
