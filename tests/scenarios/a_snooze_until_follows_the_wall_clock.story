# "until" is civil time: setting the clock forward ends it; "for" does not care.
user ann sms
storm 0 2m
last-resort db ann
team db ann 5m
at 02:00   alert db key=a                expect page ann sms
           alert db key=b                expect page ann sms
at 02:01   ann snoozes #1 until 04:00; ann snoozes #2 for 2h
at 02:10   clock +3h                     expect page ann sms woken late; expect state #1 triggered; expect state #2 snoozed
           ann resolves #1
           expect nothing for 111m
at 07:01                                 expect page ann sms woken; expect state #2 triggered
