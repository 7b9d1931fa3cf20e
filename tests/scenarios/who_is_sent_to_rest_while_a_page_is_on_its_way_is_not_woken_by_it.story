# The page waits for a slow disk when its person is sent to rest: who stands in is asked at once, and
# the page that was on its way does not leave.
user ann sms
user bob sms
user cat sms
user max sms admin
team db primary 10m
duty db primary ann
members db ann bob cat
recovery
at 14:00      disk hangs
              alert db key=a                 expect nothing
              max sends-to-rest ann for 24h  expect nothing
              disk goes
              expect told ann sms rest; expect told bob sms cover; expect page bob sms alert
              expect nothing for 9m
