# Nobody read the mails, so the warning has become critical and calls. That its source repeats the
# same warning every half an hour does not make it a mail again, at night of all times.
user ann sms email
user bob sms email
severity warning quiet not-waking promote=1h
last-resort db bob
team db ann 2h, bob 2h
at 02:00   alert db key=k severity=warning   expect page ann email
at 02:30   alert db key=k severity=warning   expect nothing
at 03:00                                     expect page ann sms again; expect severity critical; expect entry promoted
at 03:10   alert db key=k severity=warning   expect nothing; expect severity critical
at 03:11   crash
           restart
at 03:40   alert db key=k severity=warning   expect nothing; expect severity critical
at 05:00                                     expect page bob sms escalated "Ann silent 2h"
# Somebody has it now: from here on what the source says is right again.
at 05:01   bob acknowledges                  expect told ann email acked
at 05:10   alert db key=k severity=warning   expect nothing; expect severity warning; expect state acknowledged
