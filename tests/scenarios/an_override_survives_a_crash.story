# Overrides are records as well, and their numbers go on.
user ann sms
user bob sms
user cat sms
last-resort db ann
duty db primary ann
team db primary 5m
at 02:00   ann overrides db primary to bob until 09:00              expect told bob sms override
           ann overrides db primary to cat from 04:00 until 05:00   expect told cat sms override; expect told bob sms override
           ann ends-override o2                                     expect told cat sms override; expect told bob sms override
at 02:01   crash
at 02:10   restart     expect oncall db primary bob override until 09:00
           alert db    expect page bob sms
           bob acknowledges
           ann overrides db primary to cat from 06:00 until 07:00   expect told cat sms override; expect told bob sms override
           ann ends-override o3                                     expect told cat sms override; expect told bob sms override
           expect oncall db primary at 06:30 bob
