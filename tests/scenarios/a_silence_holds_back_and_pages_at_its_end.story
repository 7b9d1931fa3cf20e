# What fits is kept and pages nobody; at the end of the silence it is paged from step 0.
user     ana sms
user     boris sms
last-resort db ana
team     db  ana 5m, boris 10m

at 02:00   ana silences host=db1 for 2h "kernel upgrade"   expect entry silence "s1 (kernel upgrade)"
at 02:10   alert db key=disk host=db1 "disk full"          expect state suppressed; expect entry suppressed "silence s1 (kernel upgrade) of ana"; expect nothing
at 02:20   alert db key=cpu host=db2 "cpu"                 expect page ana sms alert
           ana acknowledges
at 02:30   alert db key=disk host=db1 "disk full"          expect occurrences #1 2; expect nothing for 85m
at 04:00                                                   expect page ana sms alert "Held back by silence s1 until now"; expect told ana sms notice "It held back 1: 1 not over and paged now (#1)"; expect state #1 triggered; expect entry released; expect entry silence-ended
at 04:05                                                   expect page boris sms escalated "Ana silent 5m"
at 04:06   boris acknowledges #1                           expect told ana sms acked
