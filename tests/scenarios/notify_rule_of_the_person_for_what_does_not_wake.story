# What does not wake goes by the person's rule for it, by day and by night, whatever its own is.
user ann sms push email notify=deep notify-low=calm notify-night=loud
user bob sms email
rule deep 0s sms
rule calm 0s push, 30m email
rule loud 0s sms+push+email
severity warning normal not-waking
last-resort db bob
recovery off night=22:00-07:00
team db ann 2h, bob 10m
at 12:00   alert db key=a severity=warning   expect page ann push
at 12:30   expect page ann email again
at 12:31   clear db key=a severity=warning   expect told ann email
at 13:00   alert db key=b severity=error     expect page ann sms
at 13:01   clear db key=b                    expect told ann sms; expect told ann email
at 23:00   alert db key=c severity=warning   expect page ann email
at 23:30   expect page ann email again
at 23:31   clear db key=c                    expect told ann email
