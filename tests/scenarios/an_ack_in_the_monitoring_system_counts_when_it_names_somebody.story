# Icinga says that Ann has acknowledged there. That is her ack; that "monitor" has, is nobody's.
user ann sms
user bob sms
last-resort db bob
team db ann 5m, bob 5m
at 02:00   alert db key=k                   expect page ann sms
           source-ack db key=k by=monitor   expect answer refused; expect paging ann
           source-ack db key=k by=icinga    expect answer refused
           source-ack db key=j by=ann       expect answer not-found
at 02:05                                    expect page bob sms escalated
           source-ack db key=k by=ann       expect told bob sms acked; expect owner ann; expect stop bob
           source-ack db key=k by=bob       expect answer conflict ann
           clear db key=k                   expect told ann sms resolved; expect told bob sms resolved
           source-ack db key=k by=bob       expect answer closed
