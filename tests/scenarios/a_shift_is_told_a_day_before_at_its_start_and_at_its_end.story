# A shift is told a day before; a quarter of an hour before its start with what is open and what
# happened; at its start with what has changed since; and at its end.
user     ana sms email
user     boris sms email
user     cat sms email
recovery off night=22:00-07:00
team     ops  primary 5m, secondary 10m
duty     ops primary calendar:rota
duty     ops secondary cat
rota     rota  ana 2026-11-16/09:00 2026-11-23/09:00, boris 2026-11-23/09:00 2026-11-27/09:00
handoff  ops on
ack-timeout ops never

at Sat 03:00  alert ops key=a "disk full"      expect page ana sms
at Sat 03:04  ana acknowledges
              ana resolves
at Sat 14:00  alert ops key=b "mail queue"     expect page ana sms
at Sat 14:01  ana acknowledges
at Sun 08:59                                   expect nothing
at Sun 09:00                                   expect told boris email soon "ops primary from Mon 23 Nov 09:00 to Fri 27 Nov 09:00."
at Mon 08:44                                   expect nothing
at Mon 08:45                                   expect told boris email on-call "ops primary: you, Mon 23 Nov 09:00 to Fri 27 Nov 09:00. Backup Cat. Open: 1. Last week 2 pages, 1 at night."
at Mon 08:46  crash; restart                   expect nothing
at Mon 08:50  alert ops key=c "web 5xx"        expect page ana sms
at Mon 08:51  ana acknowledges #3
at Mon 09:00                                   expect told ana email off-call "ops primary since Mon 23 Nov 09:00. Boris has it. 2 open incidents stay yours: #2, #3. Thank you."
                                               expect told boris email on-call "ops primary: you, Mon 23 Nov 09:00 to Fri 27 Nov 09:00. Backup Cat. Open: 2. Changed since 08:45: 1."
                                               expect entry handoff "ops primary: boris after ana"; expect owner #2 ana
at Fri 09:00                                   expect told boris email off-call "Nobody has it"; expect nothing for 24h
