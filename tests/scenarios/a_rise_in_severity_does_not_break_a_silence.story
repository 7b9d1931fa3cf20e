# Unless it does not fit any longer.
user     ana sms
last-resort db ana
team     db  ana 5m

at 02:00   ana silences host=db1 for 2h
           ana silences host=db2 severity=error for 2h
at 02:10   alert db key=a host=db1 severity=error "one"      expect state suppressed; expect nothing
           alert db key=b host=db2 severity=error "two"      expect state suppressed; expect nothing
at 02:20   alert db key=a host=db1 severity=critical "one"   expect state #1 suppressed; expect severity #1 critical; expect nothing
at 02:30   alert db key=b host=db2 severity=critical "two"   expect state #2 triggered; expect page ana sms alert
           ana acknowledges #2
           clear db key=a
at 04:00   expect told ana sms notice "Silence s1"; expect told ana sms notice "Silence s2"
