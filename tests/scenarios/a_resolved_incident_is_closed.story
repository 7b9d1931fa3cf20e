# Nothing can be done to it any more, and who closed it is said.
user ann sms
user bob sms
last-resort db ann
team db ann 1h
at 02:00   alert db              expect page ann sms
at 02:01   bob resolves          expect told ann sms resolved
           ann acknowledges      expect answer closed bob
           ann snoozes for 2h    expect answer closed
           ann escalates         expect answer closed
           ann resolves          expect answer closed bob
           ann acknowledges #99  expect answer not-found
