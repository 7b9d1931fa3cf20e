# Ann's page is still on its way when she is sent to rest. After a restart it is not repeated: Bob is
# asked since, and she sleeps.
user ann sms
user bob sms
user eve sms
rule normal 0s sms
last-resort db eve
manager db eve
recovery rest=24h cover=bob
members db ann bob
duty db primary ann
team db primary 1h, eve 1h
at 12:00:00   courier hangs ann sms
              alert db key=a                  expect page ann sms alert
at 12:01:00   courier sends ann sms
              eve sends-to-rest ann for 24h   expect told ann sms rest; expect told bob sms cover
              expect page bob sms alert; expect stop ann
at 12:01:30   crash
at 12:01:40   restart                         expect nothing for 30m
