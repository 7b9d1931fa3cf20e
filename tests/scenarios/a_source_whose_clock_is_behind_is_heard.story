# Ends that are past but move on from message to message: it fires, by a wrong clock. The end that
# stands still, or goes back, is the end.
user ann sms
last-resort db ann
team db ann 8h
at 02:00     alert db key=k ends=01:04   expect answer already; expect nothing; expect incidents 0
at 02:01     alert db key=k ends=01:05   expect page ann sms alert
at 02:02     alert db key=k ends=01:06   expect occurrences 2
at 02:02:01  alert db key=k ends=01:06   expect occurrences 3
at 02:03     alert db key=k ends=01:02   expect told ann sms cleared; expect state resolved
at 02:04     alert db key=k ends=01:02   expect answer already; expect nothing; expect incidents 0
at 03:00     alert db key=k ends=02:04   expect page ann sms alert
at 03:01     alert db key=k ends=02:04   expect occurrences 2
at 03:05                                 expect told ann sms cleared; expect entry expired
