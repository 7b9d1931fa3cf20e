# A no is kept: after a crash the last one ends it. What was said no to is not told of again.
user     ana sms email
user     boris sms email
user     cat sms email
team     ops  primary 5m
duty     ops primary calendar:rota
rota     rota  ana 2026-11-22/09:00 2026-11-23/09:00

at 10:00  ana asks-swap ops primary at 2026-11-22/10:00   expect told boris email swap; expect told cat email swap
at 10:01  boris answers-swap w1 no
at 10:02  crash; restart
at 10:03  cat answers-swap w1 no    expect told ana email swapped "all have said no, it stays yours"
at 10:04  crash; restart
at 10:05  boris answers-swap w1 yes                       expect answer invalid
at 10:06  ana asks-swap ops primary at 2026-11-22/10:00   expect told boris email swap; expect told cat email swap
at 10:07  boris answers-swap w2 no; ana cancels-swap w2   expect told cat email swapped "not needed any more"
