# What is asked for while the shift is under way can be taken until its end, from the moment of the yes.
user     ana sms email
user     boris sms email
user     cat sms email
user     dan sms email admin
team     ops  primary 5m
members  ops  ana boris cat
duty     ops primary calendar:rota
rota     rota  ana 2026-11-21/09:00 2026-11-21/21:00, boris 2026-11-21/21:00 2026-11-22/09:00

at 10:00  ana asks-swap ops primary at 2026-11-21/09:30
          expect told cat email swap "Sat 21 Nov 09:30 to Sat 21 Nov 21:00"; expect told boris email swap
at 12:00  boris answers-swap w1 no          expect entry swap "w1: says no"
at 12:01  crash; restart
at 12:02  cat answers-swap w1 yes           expect entry swap "w1: takes it from ana, o1"
          expect told cat email override "cat instead of ana"; expect told ana email swapped "Cat takes it."
          expect oncall ops primary cat override; expect oncall ops primary at 21:30 boris
at 12:03  ana asks-swap ops primary at 2026-11-21/13:00     expect answer refused
          cat asks-swap ops primary at 2026-11-21/13:00     expect told ana email swap; expect told boris email swap
at 12:04  ana cancels-swap w2               expect answer refused
          dan cancels-swap w2               expect entry swap "w2: cancelled"
          expect told ana email swapped "not needed any more"; expect told boris email swapped "not needed any more"
# Nobody answers: it is over with the shift.
at 13:00  cat asks-swap ops primary at 2026-11-21/13:30 until 2026-11-21/23:00
          expect told ana email swap "Sat 21 Nov 13:30 to Sat 21 Nov 21:00"; expect told boris email swap
at 13:30  expect told cat email swapped "nobody has said yes, it stays yours"
at 14:00  cat asks-swap ops primary at 2026-11-21/13:45
          expect told ana email swap; expect told boris email swap; expect nothing for 6h
at 21:00  expect told cat email swapped "nobody has said yes, it stays yours"
