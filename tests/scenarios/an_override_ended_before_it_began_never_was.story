# ... and one whose shift would have stayed the same tells nobody that anybody was replaced.
user ann sms
user bob sms
last-resort db ann
duty db primary ann
team db primary 5m
at 02:00   ann overrides db primary to bob from 04:00 until 06:00   expect told bob sms override
at 03:00   ann ends-override o1                                     expect told bob sms override "was ended"
           ann ends-override o1                                     expect answer already; expect nothing
           expect oncall db primary at 05:00 ann
           nobody-known ends-override o1                            expect answer refused
           ann ends-override o9                                     expect answer not-found
at 03:10   bob overrides db primary to ann until 05:00              expect told ann sms override
           expect oncall db primary ann override until 05:00
