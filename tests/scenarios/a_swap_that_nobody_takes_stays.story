# Nobody says yes before the shift begins: it stays, and who asked is told. What was cancelled is over.
user     ana sms email
user     boris sms email
user     cat sms
team     ops  primary 5m
duty     ops primary calendar:rota
recovery off night=22:00-07:00
rota     rota  ana 2026-11-22/09:00 2026-11-23/09:00, boris 2026-11-23/09:00 2026-11-24/09:00

# Cat has a telephone only, and is asked in the morning.
at 23:00           ana asks-swap ops primary day 2026-11-22/00:00      expect told boris email swap "Sun 22 Nov 09:00 to Mon 23 Nov 09:00"
at Sun 07:00       expect told cat sms swap
at Sun 08:00       crash
at Sun 09:30       restart
at +0s             expect told ana email swapped "nobody has said yes, it stays yours" late
at Sun 10:00       cat answers-swap w1 yes                             expect answer invalid
at Sun 11:00       boris asks-swap ops primary at 2026-11-23/12:00     expect told ana email swap; expect told cat sms swap
at Sun 11:01       cat cancels-swap w2                                 expect answer refused
at Sun 11:02       boris cancels-swap w2                               expect told ana email swapped "not needed any more"; expect told cat sms swapped
at Sun 11:03       ana answers-swap w2 yes                             expect answer invalid
# It is not Boris's any more when somebody says yes.
at Sun 11:04       boris asks-swap ops primary at 2026-11-23/12:00 with cat   expect told cat sms swap
at Sun 11:05       ana overrides ops primary to ana from 2026-11-23/09:00 until 2026-11-24/09:00   expect told boris email override
at Sun 11:06       cat answers-swap w3 yes                             expect answer invalid
