# Warnings were switched off for a migration. Switched on again, what still fires pages; what is
# resolved or acked does not.
user ann sms email
severity warning none
last-resort db ann
team db ann 1h
at 12:00   alert db key=a severity=warning   expect nothing; expect state suppressed
           alert db key=b severity=warning   expect nothing
           clear db key=b                    expect nothing
           alert db key=c severity=warning   expect nothing
           ann acknowledges #3               expect nothing
           alert db key=d severity=info      expect nothing
at 12:10   change severity warning quiet     expect page ann email alert; expect state #1 triggered
           expect state #2 resolved; expect state #3 acknowledged; expect state #4 suppressed
           expect entry policy "severity warning pages now"
