# The first attempt was taken after all, and its receipt says that it has failed: that is news, though
# a later attempt is under way.
user ann sms push
last-resort db ann
team db ann 1h
at 02:00:00   courier bounces ann sms after 40s
              alert db key=a severity=error   expect page ann sms; expect entry page-sent
at 02:00:40                                   expect page ann push; expect entry page-failed
