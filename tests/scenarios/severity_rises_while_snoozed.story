# A snoozed warning that becomes critical does not sleep on.
user ann sms email
last-resort db ann
team db ann 10m
at 12:00   alert db key=k severity=warning   expect page ann email
at 12:05   ann snoozes for 5h
at 12:10   alert db key=k severity=critical  expect page ann sms again; expect state triggered
