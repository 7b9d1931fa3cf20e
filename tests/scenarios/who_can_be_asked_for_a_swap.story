# Not asked is who is away in a part of it, rests, is on call, cannot be reached, or would be on call
# for more than 14 days in a row.
user     ana sms email
user     boris sms email
user     cat sms email
user     dan
user     eve sms email
user     fay sms email
user     gus sms email admin
team     ops  primary 5m, secondary 10m
members  ops  ana boris cat dan eve fay
team     web  primary 5m
duty     ops primary calendar:rota
duty     ops secondary cat
duty     web primary calendar:web
recovery
rota     rota  ana 2026-11-21/20:00 2026-11-21/21:00, ana 2026-11-30/09:00 2026-12-01/09:00
rota     web   fay 2026-11-17/09:00 2026-11-30/09:00, fay 2026-12-01/09:00 2026-12-02/09:00
away     boris 2026-11-30/12:00 2026-12-02/00:00

at 10:00  gus sends-to-rest eve for 24h    expect rest eve; expect told eve email rest
          ana asks-swap ops primary at 2026-11-21/20:00 with eve     expect answer refused
          ana asks-swap ops primary at 2026-11-30/09:00 with boris   expect answer refused
          ana asks-swap ops primary at 2026-11-30/09:00 with cat     expect answer refused
          ana asks-swap ops primary at 2026-11-30/09:00 with dan     expect answer refused
          ana asks-swap ops primary at 2026-11-30/09:00 with fay     expect answer refused
          ana asks-swap ops primary at 2026-11-30/09:00 with gus     expect answer refused
          ana asks-swap ops primary at 2026-11-30/09:00 with ana     expect answer invalid
          ana asks-swap ops secondary at 2026-11-30/09:00            expect answer invalid
          boris asks-swap ops primary at 2026-11-30/09:00            expect answer refused
          ana asks-swap ops primary at 2026-11-30/09:00              expect told eve email swap
