# Cat swapped with Bob, who had swapped with Ann. Cat leaves the firm: Bob's swap holds again, and
# not the rota, in which Ann does not expect anything.
user ann sms
user bob sms
user cat sms
last-resort db ann
duty db primary ann
team db primary 5m
at 02:00   ann overrides db primary to bob until 09:00   expect told bob sms override
at 02:01   bob overrides db primary to cat until 09:00   expect told cat sms override
at 02:02   change remove user cat                        expect oncall db primary bob override
           alert db                                      expect page bob sms alert
           bob acknowledges
at 02:03   change remove user bob                        expect page ann sms; expect owner nobody
           expect oncall db primary ann fixed because "is no user and was passed over"
