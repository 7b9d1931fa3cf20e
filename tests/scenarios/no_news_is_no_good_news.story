# A source that falls silent has not said that it is over. Nothing is resolved by time: the one who
# acked is asked again and again, for as long as it takes.
user ann sms
user bob sms
last-resort db bob
ack-timeout db 12h
team db ann 1h, bob 1h
at 02:00   alert db              expect page ann sms
           ann acknowledges      expect nothing for 12h
at 14:00                         expect page ann sms still "acked 12h ago"
           ann acknowledges      expect state acknowledged; expect nothing for 12h
at 02:00                         expect page ann sms still
           ann acknowledges      expect nothing for 11h
at 13:59   ann snoozes for 240h  expect nothing for 239h
at 13:59                         expect page ann sms woken; expect incidents 1; expect occurrences 1
