# By day for recovery, but the person sleeps: what does not wake is quiet, and no rest comes of it.
user ann sms email zone=America/Chicago quiet=09:00-17:00
user bob sms email quiet=never
rule soft 0s sms+email
severity warning soft not-waking
last-resort db bob
recovery night=22:00-07:00 pages=1 rest=24h
team db ann 10m, bob 10h
at 16:30   alert db key=a severity=warning   expect page ann email
at 16:40   expect page bob sms escalated; expect page bob email escalated
at 16:41   bob acknowledges   expect told ann email acked
at 16:42   bob resolves   expect told ann email resolved; expect no-rest ann; expect no-rest bob
at 18:00   alert db key=b   expect page ann sms
at 18:01   ann acknowledges
at 18:02   ann resolves   expect no-rest ann
