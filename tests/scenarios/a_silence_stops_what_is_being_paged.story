# Added in the middle of it: who is being paged is left alone; who has acked keeps it.
user     ana sms
user     boris sms
last-resort db ana
team     db  ana 5m, boris 10m

at 02:00   alert db key=a host=db1 "one"        expect page ana sms alert
at 02:01   alert db key=b host=db1 "two"        expect page ana sms alert
           ana acknowledges #2
at 02:02   alert db key=c host=db1 "three"      expect page ana sms alert
           ana snoozes #3 for 30m
at 02:03   boris silences host=db1 for 1h       expect state #1 suppressed; expect state #2 acknowledged; expect state #3 snoozed; expect stop ana; expect entry suppressed "silence s1 (work) of boris holds it back until Sat 21 Nov 03:03"; expect nothing for 28m
at 02:32                                        expect state #3 suppressed; expect nothing for 30m
at 03:03                                        expect page ana sms alert "Held back"; expect page ana sms alert "Held back"; expect told boris sms notice "It held back 2: 2 not over and paged now (#1, #3)."
           ana acknowledges #1
           ana acknowledges #3
