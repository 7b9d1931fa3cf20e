# Three messages a day: the third is the last but for the first page of each incident, and what
# cannot go by it goes by the next way at once. Whoever runs the house is told.
channel sms cap=3
user ann sms mail admin
user bob sms mail
rule normal 0s sms, 2m sms, 4m sms
team db ann 5m, bob 1h
at 02:00:00   alert db service=one   expect page ann sms
at 02:02:00   expect page ann sms again
at 02:04:00   expect page ann sms again
at 02:05:00   expect page bob sms escalated; expect told ann sms notice "daily-cap"
at 02:07:00   expect page bob mail
at 02:10:00   alert db key=two service=two   expect page ann sms
at 02:12:00   expect page ann mail
