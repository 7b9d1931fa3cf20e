# Nobody reads mail: after an hour without an ack a warning is critical, however it went round.
user ann email
user bob email sms
severity warning quiet not-waking promote=1h
last-resort db bob
team db ann 2h, bob 2h
at 12:00   alert db severity=warning   expect page ann email
at 12:01   ann snoozes for 3h
at 12:02   ann escalates               expect page bob email by-hand
at 13:02                               expect page ann email; expect severity critical; expect entry promoted
