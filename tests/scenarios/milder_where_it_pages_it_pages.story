# Errors page nobody here, warnings do. An error that becomes a warning pages.
user ann sms
last-resort db ann
team db ann 30m
at 13:00   change severity error none not-waking
at 13:01   alert db key=a severity=error     expect nothing
at 13:02   alert db key=a severity=warning   expect page ann sms
