# A fault of the provider: the other one has the page at once; they take turns, by the table, and
# the next contact is paged when both have failed. After three faults one is down, and passed over.
channel sms second
user ann sms push
last-resort db ann
team db ann 1h
at 02:00:00   courier retries ann sms.1
              alert db   expect page ann sms; expect page ann sms.2; expect nothing for 30m
at 02:59:00   courier retries ann sms.2
at 03:00:00              expect page ann sms last-resort; expect page ann sms.2 last-resort; expect page ann push last-resort
at 03:00:30              expect page ann sms last-resort
at 03:01:30              expect page ann sms.2 last-resort
at 03:02:00   courier sends ann sms
at 03:02:30              expect page ann sms.2 last-resort; expect nothing for 50m
