# It got better by itself, a little: from then on the rule of warnings counts, all of it.
user ann sms email
severity warning quiet not-waking promote=2h
last-resort db ann
team db ann 5h
at 12:00   alert db severity=critical   expect page ann sms
at 12:30   alert db severity=warning    expect nothing; expect severity warning
at 14:30                                expect page ann sms again; expect severity critical
