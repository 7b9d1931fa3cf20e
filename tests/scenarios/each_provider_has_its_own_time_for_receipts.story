# A receipt is waited for as long as the provider that took the page may need, and not at all where
# that one gives none: the other one's time is nothing to go by.
channel sms receipt=60s second second-receipt=0s
channel pager receipt=0s second second-receipt=30s
rule normal 0s sms+pager
user ann sms inbox
user bob pager inbox
last-resort db ann
last-resort web bob
team db ann 10m
team web bob 10m
at 02:00:00   courier retries * sms.1
              alert db key=a            expect page ann sms; expect page ann sms.2; expect nothing for 5m
at 02:05:00   ann acknowledges #1       expect nothing for 5m
at 02:20:00   courier retries * pager.1
              alert web key=b service=b expect page bob pager; expect page bob pager.2
at 02:20:30                             expect page bob inbox; expect entry page-doubt "no receipt from pager to bob for 30 s"
