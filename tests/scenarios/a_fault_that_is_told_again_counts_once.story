# What a provider says again of an attempt is no further fault of it.
user ann sms
user bob email admin
last-resort db ann
team db ann 1h
at 02:00:00   courier retries ann sms
              alert db key=a   expect page ann sms
at 02:00:01   courier repeats  expect answer already
at 02:00:02   courier repeats  expect answer already
at 02:00:03   courier repeats  expect answer already; expect provider sms up "by the story"
