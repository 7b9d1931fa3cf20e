# The gateway says "later" when somebody has acked meanwhile: it is not tried again.
user ann sms push
user bob sms
last-resort db bob
rule normal 0s sms
team db ann 1h
at 02:00:00   courier retries ann sms after 40s; courier sends ann push
              alert db           expect page ann sms
at 02:00:15                      expect page ann push
at 02:00:20   courier sends ann sms; bob acknowledges   expect told ann sms acked; expect told ann push acked
at 02:00:40                      expect nothing for 2h; expect no-entry page-retry
