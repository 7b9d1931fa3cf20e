# Resolves pass during a silence; its maker hears at the end what it held back.
user     ana sms
user     boris sms
last-resort db ana
team     db  ana 5m

at 02:00   boris silences host=db* for 2h "kernel upgrade"
at 02:10   alert db key=a host=db1 "one"     expect state suppressed; expect nothing
           alert db key=b host=db2 "two"     expect state suppressed; expect nothing
at 02:20   clear db key=a                    expect state #1 resolved; expect nothing
           boris resolves #2                 expect state #2 resolved; expect nothing for 95m
at 04:00                                     expect told boris sms notice "Silence s1 (kernel upgrade) is over. It held back 2: 0 not over and paged now, 2 dealt with meanwhile."; expect nothing for 5h
