# Others are asked to take a part of a shift; the first yes makes an override for exactly that part,
# and everybody who was asked is told. Until then it stays where it is.
user     ana sms email
user     boris sms email
user     cat sms email
user     dan sms email
user     eve sms email
user     fay
team     ops  primary 5m, secondary 10m
duty     ops primary calendar:rota
duty     ops secondary calendar:second
rota     rota    ana 2026-11-23/09:00 2026-11-30/09:00
rota     second  dan 2026-11-16/09:00 2026-12-14/09:00
away     cat 2026-11-25/00:00 2026-11-27/00:00

at 10:00  ana asks-swap ops primary at 2026-11-25/09:00 until 2026-11-25/21:00
          expect told boris email swap "Ana asks you to take ops primary Wed 25 Nov 09:00 to Wed 25 Nov 21:00."
          expect told eve email swap; expect entry swap "w1: asks 2 to take ops primary"
          expect oncall ops primary at 2026-11-25/12:00 ana
at 10:01  ana asks-swap ops primary at 2026-11-25/10:00        expect answer invalid
at 10:02  dan answers-swap w1 yes                            expect answer refused
at 10:03  crash; restart
at 10:04  eve answers-swap w1 yes
          expect told eve email override "eve instead of ana"; expect told ana email swapped "Eve takes it."
          expect told boris email swapped "Wed 25 Nov 09:00 to Wed 25 Nov 21:00: Eve takes it."
          expect oncall ops primary at 2026-11-25/08:59 ana; expect oncall ops primary at 2026-11-25/09:00 eve override
          expect oncall ops primary at 2026-11-25/21:00 ana
at 10:05  boris answers-swap w1 yes                          expect answer conflict eve
at 10:06  crash; restart                                     expect oncall ops primary at 2026-11-25/09:00 eve override
# A day is the event that begins on it, or what of a longer one lies on it.
at 11:00  ana asks-swap ops primary day 2026-11-28/00:00 with boris
          expect told boris email swap "ops primary Sat 28 Nov 00:00 to Sun 29 Nov 00:00"
          dan asks-swap ops secondary day 2026-11-28/00:00 with ana   expect answer refused
at 11:01  boris answers-swap w1 no                           expect answer conflict
          boris answers-swap w2 no                           expect told ana email swapped "all have said no, it stays yours"
at 11:02  boris answers-swap w2 yes                          expect answer invalid
at 11:03  ana asks-swap ops primary at 2026-11-25/22:00 with cat     expect answer refused
          boris asks-swap ops primary at 2026-11-25/22:00            expect answer refused
          ana asks-swap ops primary at 2026-11-25/22:00 with nobody  expect answer not-found
          ana asks-swap ops primary at 2026-12-25/22:00              expect answer refused
