# No room: sources and people hear that nothing was taken, what was decided still goes out, and with
# room again everything that happened meanwhile is kept over a crash.
user ann sms
user bob sms
last-resort db bob
team db ann 5m, bob 5m
at 02:00   alert db key=a      expect page ann sms alert
at 02:01   disk full
           alert db key=b      expect answer full; expect incidents 1
           ann acknowledges #1 expect answer full; expect owner #1 nobody
at 02:05                       expect page bob sms escalated "Ann silent 5m"
at 02:06   disk goes
           ann acknowledges #1 expect told bob sms acked
at 02:07   crash
at 02:08   restart             expect owner #1 ann; expect nothing for 1h
