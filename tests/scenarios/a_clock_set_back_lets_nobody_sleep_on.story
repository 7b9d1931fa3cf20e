# Snoozed until nine, and two minutes past two the machine takes it for last year. Ann does not sleep
# a year: what was left runs on. An hour or less is a correction, and nine is nine by it.
user ann sms
last-resort db ann
team db ann 5m
at 02:00   alert db key=k        expect page ann sms
at 02:01   ann snoozes until 09:00
at 02:02   clock -8760h          expect entry snoozed "set back"; expect nothing for 6h
at +58m                          expect page ann sms woken
           ann resolves
at +1h     clock +8760h
           alert db key=j        expect page ann sms
           ann snoozes until 21:00
at +1m     clock -30m            expect no-entry snoozed
at 21:00                         expect page ann sms woken
