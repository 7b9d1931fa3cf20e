# Last week is seven days. What paged by day and by night was at night, whichever came first; none
# of it is lost by a crash.
user     ana sms email
user     boris sms email
recovery off night=22:00-07:00
team     ops  primary 5m x2, primary 1h
last-resort ops boris
duty     ops primary calendar:rota
rota     rota  ana 2026-11-16/09:00 2026-11-28/09:00, boris 2026-11-28/09:00 2026-12-05/09:00
handoff  ops on
ack-timeout ops never

at Sat 08:44     alert ops key=a service=a "too old"   expect page ana sms
                 ana acknowledges; ana resolves
at Sat 09:01     alert ops key=b service=b "by day"    expect page ana sms
                 ana acknowledges; ana resolves
at Sat 21:58     alert ops key=c service=c "into it"   expect page ana sms
at Sat 22:03                                           expect page ana sms
                 ana acknowledges; ana resolves
at Sun 06:58     alert ops key=d service=d "out of it" expect page ana sms
at Sun 07:03                                           expect page ana sms
                 ana acknowledges; ana resolves
at 2026-11-25/12:00:00  alert ops key=e service=e "late"   expect page ana sms
at 2026-11-25/12:00:10  crash
at 2026-11-25/12:00:20  restart
at 2026-11-25/12:01:00  ana acknowledges
at 2026-11-25/12:10:00  ana resolves
at 2026-11-25/12:10:10  crash
at 2026-11-25/12:10:20  restart
at 2026-11-27/09:00     expect told boris email soon
at 2026-11-28/08:45     expect told boris email on-call "Last week 4 pages, 2 at night." "#5 CRIT late, 10m, ana" "#2 CRIT by day" without "#1 " without ", open"
at 2026-11-28/09:00     expect told ana email off-call; expect told boris email on-call "Changed since 08:45: 0."
