# Whichever has it: as long as one fits, nobody is paged.
user     ana sms
last-resort db ana
team     db  ana 5m

at 02:00   ana silences host=db1 for 1h "disk"
at 02:05   alert db host=db1 "one"                expect state suppressed; expect nothing
at 02:10   ana silences severity=critical for 2h  expect nothing for 50m
at 03:00                                          expect state suppressed; expect entry suppressed "silence s2"; expect told ana sms notice "Silence s1 (disk) is over. It held back 1: 0 not over and paged now, 1 held by another."; expect nothing
at 04:10                                          expect page ana sms alert "Held back by silence s2 until now"; expect told ana sms notice "Silence s2 (work) is over. It held back 1: 1 not over"
           ana acknowledges
