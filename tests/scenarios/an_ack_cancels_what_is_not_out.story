# What waits for its retry when somebody acks does not go out any more.
user ann sms
user bob sms
last-resort db ann
ack-timeout db never
team db ann+bob 1h
at 02:00      courier retries ann sms
              alert db           expect page ann sms; expect page bob sms
at 02:00:05   bob acknowledges   expect nothing for 5h
