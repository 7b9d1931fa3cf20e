# For good is only what both refuse one after the other.
channel sms second
user ann sms push
last-resort db ann
team db ann 1h
at 02:00:00   courier refuses ann sms.1; courier retries ann sms.2
              alert db         expect page ann sms; expect page ann sms.2; expect page ann push
              expect entry page-repeated "goes by the second provider"
at 02:00:30                    expect page ann sms; expect entry page-retry; expect no-entry page-failed
at 02:01:30                    expect page ann sms.2
              ann acknowledges
