# ... but not after an ack; an undone ack counts anew.
user ann sms email
last-resort db ann
severity warning quiet promote=2h
ack-timeout db never
team db ann 12h
at 12:00   alert db key=k severity=warning   expect page ann email
at 13:00   ann acknowledges; expect nothing for 3h
at 16:30   ann undoes                        expect page ann email again
at 18:30                                     expect page ann sms; expect severity critical
