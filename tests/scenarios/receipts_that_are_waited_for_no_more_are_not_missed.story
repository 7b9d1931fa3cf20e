# The configuration has been changed meanwhile: nobody waits for receipts of that channel any more.
channel sms receipt=60s
user ann sms push
last-resort db ann
team db ann 1h
at 02:00:00   alert db key=a   expect page ann sms
at 02:00:30   change channel sms receipt=0s
at 02:01:00   expect no-entry page-doubt; expect nothing for 50m
