# Icinga says that an ack was taken back there. Who has it no more: it is paged from the start.
user ann sms
user bob sms
last-resort db ann
team db ann 5m, bob 5m
at 02:00   alert db key=k                   expect page ann sms
           source-unack db key=k            expect answer already; expect paging ann
           source-unack db key=j            expect answer not-found
at 02:05                                    expect page bob sms escalated
           bob acknowledges                 expect told ann sms acked
at 02:10   source-unack db key=k from=prom  expect answer not-found; expect owner bob
           source-unack db key=k            expect page ann sms again; expect owner nobody
                                            expect state triggered; expect entry unacknowledged
           source-unack db key=k            expect answer already
at 02:15                                    expect page bob sms again
           source-ack db key=k by=bob       expect told ann sms acked
           bob snoozes for 2h
           source-unack db key=k            expect answer already; expect state snoozed; expect nothing for 2h
at 04:15                                    expect page bob sms woken; expect page ann sms again
           clear db key=k                   expect told ann sms cleared; expect told bob sms cleared
           source-unack db key=k            expect answer closed
