# Swaps of one role may not overlap, and one may begin where another ends; twenty of one person are
# open at most.
user     ana sms email
user     boris sms email
team     ops  primary 5m, secondary 10m
team     web  primary 5m
duty     ops primary calendar:rota
duty     ops secondary calendar:rota
duty     web primary calendar:rota
rota     rota  ana 2026-11-30/09:00 2026-12-10/09:00

at 10:00  ana asks-swap ops primary at 2026-12-01/09:00 until 2026-12-02/09:00     expect told boris email swap
          ana asks-swap ops primary at 2026-12-02/08:59 until 2026-12-02/10:00     expect answer invalid
          ana asks-swap ops primary at 2026-12-02/09:00 until 2026-12-02/10:00     expect told boris email swap
          ana asks-swap ops primary at 2026-12-01/08:00 until 2026-12-01/09:00     expect told boris email swap
          ana asks-swap ops secondary at 2026-12-01/09:00 until 2026-12-02/09:00   expect told boris email swap
          ana asks-swap web primary at 2026-12-01/09:00 until 2026-12-02/09:00     expect told boris email swap
          ana asks-swap ops primary at 2026-12-03/01:00 until 2026-12-03/02:00     expect told boris email swap
          ana asks-swap ops primary at 2026-12-03/02:00 until 2026-12-03/03:00     expect told boris email swap
          ana asks-swap ops primary at 2026-12-03/03:00 until 2026-12-03/04:00     expect told boris email swap
          ana asks-swap ops primary at 2026-12-03/04:00 until 2026-12-03/05:00     expect told boris email swap
          ana asks-swap ops primary at 2026-12-03/05:00 until 2026-12-03/06:00     expect told boris email swap
          ana asks-swap ops primary at 2026-12-03/06:00 until 2026-12-03/07:00     expect told boris email swap
          ana asks-swap ops primary at 2026-12-03/07:00 until 2026-12-03/08:00     expect told boris email swap
          ana asks-swap ops primary at 2026-12-03/08:00 until 2026-12-03/09:00     expect told boris email swap
          ana asks-swap ops primary at 2026-12-03/09:00 until 2026-12-03/10:00     expect told boris email swap
          ana asks-swap ops primary at 2026-12-03/10:00 until 2026-12-03/11:00     expect told boris email swap
          ana asks-swap ops primary at 2026-12-03/11:00 until 2026-12-03/12:00     expect told boris email swap
          ana asks-swap ops primary at 2026-12-03/12:00 until 2026-12-03/13:00     expect told boris email swap
          ana asks-swap ops primary at 2026-12-03/13:00 until 2026-12-03/14:00     expect told boris email swap
          ana asks-swap ops primary at 2026-12-03/14:00 until 2026-12-03/15:00     expect told boris email swap
          ana asks-swap ops primary at 2026-12-03/15:00 until 2026-12-03/16:00     expect told boris email swap
          ana asks-swap ops primary at 2026-12-05/09:00 until 2026-12-06/09:00     expect answer invalid
