# An acked warning that becomes critical is triggered again from step 0.
user ann sms email
user bob sms email
last-resort db ann
team db bob 10m, ann 10m
at 12:00   alert db key=k severity=warning   expect page bob email
at 12:05   ann acknowledges                  expect told bob email acked
at 12:06   alert db key=k severity=warning   expect nothing; expect state acknowledged
at 12:10   alert db key=k severity=critical  expect page bob sms again; expect state triggered; expect owner nobody
at 12:12   bob acknowledges
           alert db key=k severity=warning   expect nothing; expect severity warning; expect state acknowledged
