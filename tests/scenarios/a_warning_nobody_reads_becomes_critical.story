# promote: unacknowledged that long.
user ann sms email
last-resort db ann
severity warning quiet promote=2h
team db ann 12h
at 12:00   alert db key=k severity=warning   expect page ann email
at 14:00                                     expect page ann sms again; expect severity critical; expect entry promoted
