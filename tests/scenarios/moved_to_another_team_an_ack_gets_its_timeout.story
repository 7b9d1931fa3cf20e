# Db never asks again who acked; web does. An acked incident that moves there is asked there.
user ann sms
user dan sms
last-resort db ann
last-resort web dan
ack-timeout db never
ack-timeout web 2h
duty web primary dan
team db ann 5m
team web primary 5m
at 02:00   alert db                     expect page ann sms
           ann acknowledges
at 02:10   ann reassigns to team:web    expect page dan sms by-hand; expect owner ann; expect state acknowledged
           dan acknowledges             expect told ann sms acked; expect owner dan
at 04:10                                expect page dan sms still
