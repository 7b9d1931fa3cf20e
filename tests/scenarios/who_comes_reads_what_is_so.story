# What who comes on call reads: people and their numbers, what of this team is open, what happened,
# which silences hold, where nobody is on call. Nothing of other teams, nothing that is over.
user     ana sms email phone=+4915550100001
user     boris sms email phone=+4915550100002
user     cat sms email
recovery off night=22:00-07:00
team     ops  primary 5m, secondary 10m
team     web  cat 1h
duty     ops primary calendar:rota
duty     ops secondary calendar:second
rota     rota    ana 2026-11-16/09:00 2026-11-23/09:00, boris 2026-11-23/09:00 2026-11-27/09:00, ana 2026-11-27/09:00 2026-11-30/09:00
rota     second  cat 2026-11-16/09:00 2026-11-24/09:00
handoff  ops on
ack-timeout ops never
ack-timeout web never

at Sat 03:00  alert ops key=a host=db1 service=a "disk full"  expect page ana sms
at Sat 03:04  ana acknowledges
at Sat 03:30  ana resolves
at Sat 13:00  cat silences service=backup team=ops for 3d "known"
              cat silences service=other team=web for 3d "theirs"
              cat silences service=past team=ops for 1h "over"
              cat silences service=later team=ops from 2026-11-28/09:00 for 3d "beyond"
              cat silences service=soon from 2026-11-26/09:00 for 1h
              cat silences service=ended team=ops for 3d "ended"
              cat ends-silence s6
              alert ops key=s service=backup "held back"
at Sat 14:00  alert ops key=b host=mail1 service=b "mail1 queue"  expect page ana sms
at Sat 14:01  ana acknowledges
at Sat 14:10  alert web key=c service=c "web slow"            expect page cat sms
at Sat 14:11  cat acknowledges
at Sat 15:00  alert ops key=d service=d "cat's"               expect page ana sms
at Sat 15:01  cat acknowledges                                expect told ana sms acked; expect told ana email acked
at Sat 15:10  alert web key=e service=e "ana's"               expect page cat sms
at Sat 15:11  ana acknowledges                                expect told cat sms acked; expect told cat email acked
at Sun 09:00  expect told boris email soon
at Mon 08:45  expect told boris email on-call "you, Mon 23 Nov 09:00 to Fri 27 Nov 09:00. Backup Cat. Open: 2. Last week 3 pages, 1 at night." "Before you: Ana +4915550100001" "Backup (secondary): Cat" "After you: Ana +4915550100001, Fri 27 Nov 09:00" "OPEN NOW" "#3 CRIT mail1 queue, acknowledged by ana" "#5 CRIT cat's, acknowledged by cat" without "#4" without "#6" without "held back" "LAST WEEK" "Sat 21 Nov 14:00  #3 CRIT mail1 queue, open" "Sat 21 Nov 03:00  #1 CRIT disk full, 30m, ana" "COMING" "Sat 21 Nov 13:00 to Tue 24 Nov 13:00  silence s1: known" "silence s5" without "s2" without "s3" without "s4" without "s6" "GAPS" "secondary nobody from Tue 24 Nov 09:00 to further notice"
at Mon 09:00  expect told ana email off-call "1 open incident stays yours: #3." without "#4" without "#5" without "#6"
              expect told boris email on-call "Backup Cat. Open: 2. Changed since 08:45: 0." without "OPEN NOW"
