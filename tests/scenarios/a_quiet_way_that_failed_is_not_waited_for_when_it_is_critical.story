# At night a warning may go out by mail alone. Fay's mail fails, and no other way is open to her then.
# When the warning becomes critical they are, and nobody waits with them for her next turn.
user ann email sms
user fay email sms push quiet=22:00-07:00
user bob email
severity warning quiet not-waking promote=2h
last-resort db bob
team db ann 1h, fay 4h, bob 8h
at 00:10   courier fails fay email; alert db severity=warning   expect page ann email
at 01:10                               expect page fay email escalated; expect page bob email escalated
at 02:10                               expect page ann sms again; expect page fay sms escalated
