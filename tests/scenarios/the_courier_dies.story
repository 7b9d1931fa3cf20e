# What it had is sent again, marked; what was out is not.
user ann sms
user bob sms
last-resort db ann
team db ann+bob 1h
at 02:00:00   courier hangs ann sms
              alert db          expect page ann sms; expect page bob sms
at 02:00:05   courier sends ann sms; courier dies   expect page ann sms repeat; expect entry page-repeated
              expect nothing for 59m
