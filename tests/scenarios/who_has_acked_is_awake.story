# For half an hour further incidents come by push only; what is critical at once, the rest together.
user ann push sms call email
user bob sms
rule loud 0s sms+call+email, 3m call
severity critical loud waking
severity error loud waking
severity warning loud not-waking
last-resort db bob
recovery off
storm 0 2m
team db ann 10m, bob 10m
at 03:00   alert db key=a "one"   expect page ann sms alert; expect page ann call alert; expect page ann email alert
at 03:01   ann acknowledges       expect awake ann until 03:31
at 03:02   alert db key=b severity=error "two"     expect page ann push alert
at 03:02   alert db key=c severity=error "three"   expect nothing
at 03:03   alert db key=d severity=warning "four"  expect nothing
at 03:03   alert db key=e "five"                   expect page ann push alert
at 03:03:30   ann acknowledges #2
at 03:04   expect page ann push bundle "x2 since 03:02: three, #4 four"
# Not answered, the second step of each uses all again.
at 03:06   expect page ann call again
at 03:06:30   ann acknowledges #5
at 03:07   expect page ann call again
at 03:08:30   ann acknowledges #3
at 03:08:30   ann acknowledges #4
at 03:38:29   alert db key=f "six"   expect page ann push alert
at 03:38:29   bob acknowledges       expect told ann push acked; expect told ann email acked
at 03:38:31   expect asleep ann
at 03:38:31   alert db key=g "seven"   expect page ann sms alert; expect page ann call alert; expect page ann email alert
