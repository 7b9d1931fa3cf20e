# After the restart it waits on, for what was left, or goes at once when that is over.
user ann sms
user bob sms
last-resort db ann
team db ann 1h
at 02:00:00   courier retries ann sms
              alert db key=a   expect page ann sms
at 02:00:10                    expect page ann sms
at 02:00:20   crash
at 02:00:25   restart          expect nothing
at 02:00:40                    expect page ann sms
at 02:00:45   crash
              courier delivers ann sms
at 02:05:00   restart          expect page ann sms; expect nothing for 50m
