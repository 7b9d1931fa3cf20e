# Taken, then failed by its receipt: the next method at once. One of an earlier attempt says nothing.
channel sms receipt=60s
user ann sms push
last-resort db ann
team db ann 1h
at 02:00:00   courier bounces ann sms after 20s
              alert db           expect page ann sms
at 02:00:20                      expect page ann push; expect entry page-failed; expect nothing for 50m
