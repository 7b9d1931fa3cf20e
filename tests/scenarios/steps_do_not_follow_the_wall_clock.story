# A step of the wall clock neither delays nor hurries a running delay.
user ann sms
user bob sms
last-resort db ann
team db ann 5m, bob 5m
at 02:00   alert db     expect page ann sms
at 02:01   clock -2h    expect nothing for 4m
at 00:05                expect page bob sms escalated "Ann silent 5m"
at 00:06   clock +10h   expect nothing for 4m
at 10:10                expect page ann sms last-resort
