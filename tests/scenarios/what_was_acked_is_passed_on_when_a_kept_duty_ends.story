# handoff pass and shift-test hold: who comes is asked to take it once the duty is really passed.
user     ana sms email
user     boris sms email
team     ops  primary 5m
members  ops  ana boris
duty     ops primary calendar:rota
rota     rota  ana 2026-11-16/09:00 2026-11-21/09:00, boris 2026-11-21/09:00 2026-11-30/09:00
handoff  ops pass
shift-test ops hold
ack-timeout ops never
last-resort ops ana

at 08:00     alert ops key=a "disk"          expect page ana sms
             ana acknowledges
at 08:45     expect told boris email on-call
at 09:00     expect told ana email cover; expect told boris email on-call; expect told boris sms test
at 09:03     boris answers-test sms          expect told ana email notice "an answer came"
             expect page boris sms by-hand
