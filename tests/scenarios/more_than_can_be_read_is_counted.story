# Ten open incidents are listed to who comes, and the rest is counted.
storm 0 2m
user     ana sms email
user     boris sms email
team     ops  primary 5m
duty     ops primary calendar:rota
rota     rota    ana 2026-11-16/09:00 2026-11-21/09:00, boris 2026-11-21/09:00 2026-11-27/09:00
handoff  ops on
rule later 9h sms
severity info later
at 08:00  alert ops key=a service=a severity=info "p1"; alert ops key=b service=b severity=info "p2"; alert ops key=c service=c severity=info "p3"
          alert ops key=d service=d severity=info "p4"; alert ops key=e service=e severity=info "p5"; alert ops key=f service=f severity=info "p6"
          alert ops key=g service=g severity=info "p7"; alert ops key=h service=h severity=info "p8"; alert ops key=i service=i severity=info "p9"
          alert ops key=j service=j severity=info "p10"; alert ops key=k service=k severity=info "p11"; alert ops key=l service=l severity=info "p12"
at 08:45  expect told boris email on-call "Open: 12. Last week 0 pages." "  and 2 more"
at 08:50  alert ops key=a1 service=a1 severity=info "q1"; alert ops key=b1 service=b1 severity=info "q2"
at 09:00  expect told ana email off-call; expect told boris email on-call "Open: 14. Changed since 08:45: 2." "#14 INFO q2, triggered" without "#12 "
