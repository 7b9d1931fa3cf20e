# The next round asks who is on call by then. Who was asked before is not hung up on.
user ann sms
user bob sms
last-resort db bob
duty db primary calendar:main
rota main ann 2026-11-21/00:00 2026-11-21/02:03, bob 2026-11-21/02:03 2026-11-22/00:00
team db primary 5m x2
at 02:00   alert db           expect page ann sms alert
at 02:03                      expect nothing; expect oncall db primary bob
at 02:05                      expect page bob sms; expect paging ann
at 02:06   ann acknowledges   expect told bob sms acked
