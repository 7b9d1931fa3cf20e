user     ana sms
user     boris sms
last-resort db ana
team     db  ana 5m

at 02:00   ana silences host=db1 for 2h
at 02:10   alert db host=db1 "one"           expect state suppressed; expect nothing
at 02:20   boris ends-silence s1             expect page ana sms alert "Held back by silence s1 until now"; expect told ana sms notice "is over"; expect entry silence-ended "ended by boris"
           boris ends-silence s1             expect answer already
           boris ends-silence s7             expect answer not-found
           ana acknowledges                  expect nothing for 3h
