# A hundred warnings, and one that is critical in the middle of them; and another service.
user ann sms
severity warning normal waking
last-resort db ann
team db ann 1h
storm 2 2m
at 02:00      alert db key=a service=web severity=warning    expect page ann sms alert
              alert db key=b service=web severity=warning
              alert db key=c service=web severity=warning
              alert db key=d service=web severity=warning    expect nothing; expect alerts #2 3
at 02:00:01   alert db key=e service=web severity=critical   expect page ann sms alert; expect incidents 3
              alert db key=f service=db severity=warning     expect page ann sms alert
at 02:00:02                                                  expect page ann sms alert; expect severity #2 warning
at 02:00:06   alert db key=g service=web severity=warning    expect nothing; expect alerts #2 4
at 02:00:07   alert db key=h service=web severity=error      expect nothing; expect alerts #2 5; expect severity #2 error
