# Held, it still may not hide that something is worse; nor is it forgotten while nobody has acked.
user ann sms
user bob sms
severity warning normal not-waking
last-resort db ann
team db ann 10m, bob 8h
flapping 1 1h 15m
at 02:00      alert db key=k severity=warning    expect page ann sms alert
at 02:01      clear db key=k                     expect told ann sms cleared
at 02:02      alert db key=k severity=warning    expect page ann sms alert; expect entry flapping
at 02:03      clear db key=k                     expect nothing; expect state #2 triggered
at 02:12                                         expect page bob sms escalated
at 02:13      bob acknowledges                   expect told ann sms acked
at 02:14      alert db key=k severity=warning    expect nothing; expect state #2 acknowledged
at 02:15      alert db key=k severity=critical   expect page ann sms again; expect entry severity "critical, was warning"
at 02:16      ann resolves                       expect told bob sms resolved
at 02:17      clear db key=k                     expect answer already; expect entry source-resolved
at 02:18      alert db key=k severity=warning    expect nothing; expect state #2 resolved
at 02:21:01                                      expect page ann sms alert; expect again #3 after #2
at 02:25      alert db key=k severity=warning    expect nothing; expect state #3 triggered
