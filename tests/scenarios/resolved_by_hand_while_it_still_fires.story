# For 5 minutes after a person's resolve, triggers are counted into the resolved incident; then it is
# paged, for its source has not said that it is over.
user ann sms
user bob sms
last-resort db ann
team db ann 10m, bob 10m
at 02:00   alert db key=k     expect page ann sms
at 02:05   ann resolves "restarted"   expect nothing; expect state resolved; expect entry resolved "by hand after 5m: restarted"
at 02:09   alert db key=k     expect nothing; expect occurrences #1 2; expect incidents 0
              expect entry late "still says so"
at 02:10   alert db key=k     expect nothing; expect incidents 0
at 02:10:01   expect page ann sms; expect again #2 after #1
              alert db key=k     expect nothing; expect occurrences #2 2
