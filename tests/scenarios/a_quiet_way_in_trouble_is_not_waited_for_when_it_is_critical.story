# At night a warning may go out by mail alone. That of Fay and Hal is not answered, and Gil's is put
# off. When the warning becomes critical other ways are open, and none of them waits with the mail:
# not where it waits for its next attempt, and not where it is with its provider.
user ann email
user fay email sms quiet=22:00-07:00
user gil email sms quiet=22:00-07:00
user hal email sms quiet=22:00-07:00
severity warning quiet not-waking promote=2h
team db ann 1h55m45s, fay 4m, gil+hal 8h
last-resort db ann
at 00:10      courier hangs fay email; courier retries gil email; courier hangs hal email
              alert db severity=warning   expect page ann email
at 02:05:45                               expect page fay email escalated
at 02:07:45                               expect page fay email escalated repeat
at 02:09:45                               expect page gil email escalated; expect page hal email escalated
at 02:09:55                               expect page gil email escalated
at 02:10                                  expect page ann email again
   expect page fay sms escalated; expect page gil sms escalated; expect page hal sms escalated
