# In quiet hours the person's rule for the night stands in for whatever the severity says.
user ann sms call email quiet=23:00-08:00 notify-night=deep
user bob sms email
rule deep 0s call, 1m call
rule loud 0s sms+email
severity critical loud waking
last-resort db bob
recovery off night=22:00-07:00
team db ann 10m, bob 10m
at 22:30   alert db key=a   expect page ann sms; expect page ann email
at 22:31   clear db key=a   expect told ann sms; expect told ann email
at 23:00   alert db key=b   expect page ann call
at 23:01   expect page ann call again
at 23:02   clear db key=b   expect told ann call; expect told ann email
at 07:59   alert db key=c   expect page ann call
at 08:00   expect page ann call again
at 08:01   clear db key=c   expect told ann call; expect told ann email
at 08:02   alert db key=d   expect page ann sms; expect page ann email
