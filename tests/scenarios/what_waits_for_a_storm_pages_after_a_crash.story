# No incident waits for ever, whatever became of pagerd meanwhile.
user ann sms
last-resort db ann
team db ann 1h
at 02:00      alert db key=a   expect page ann sms alert
at 02:00:01   alert db key=b   expect nothing
              crash
at 02:10      restart          expect nothing
at +0s                         expect page ann sms alert late
