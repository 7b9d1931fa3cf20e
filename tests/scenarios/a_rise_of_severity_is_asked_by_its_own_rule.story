# Who is asked by mail about an error is called when it has become critical, and does not wait for the
# next round of the walk; where the rule is the same one nothing is sent twice.
user     ana  sms email quiet=never
user     mia  email
team     ops  ana 30m, mia 30m
severity error quiet waking

at 03:00  alert ops severity=error "disk 81%"        expect page ana email
at 03:02  alert ops severity=error "disk 85%"        expect nothing
at 03:04  alert ops severity=critical "disk 99%"     expect page ana sms again
at 03:05  alert ops severity=critical "disk 99%"     expect nothing
# The walk goes on where it stood.
at 03:30                                             expect page mia email
at 03:31  ana acknowledges                           expect told mia email acked

at 04:00  change severity error normal waking
          alert ops key=other severity=error "slow"  expect page ana sms
at 04:01  alert ops key=other severity=critical "down" expect nothing
