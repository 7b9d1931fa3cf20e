# A severity that pages nobody is kept, with its reason; a rise pages.
user ann sms email
last-resort db ann
team db ann 1h
at 02:00   alert db key=k severity=info     expect nothing; expect state suppressed; expect entry suppressed "pages nobody"
           expect nothing for 10h
at 13:00   alert db key=k severity=warning  expect page ann email alert; expect state triggered
at 13:30   alert db key=k severity=critical expect page ann sms; expect entry severity "critical, was warning"
