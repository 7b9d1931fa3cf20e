# Of several overrides the latest made holds.
user ann sms
user bob sms
user cat sms
last-resort db ann
duty db primary ann
team db primary 10m
at 08:00   ann overrides db primary to bob until 20:00      expect told bob sms override
           bob overrides db primary to cat until 12:00      expect told cat sms override; expect oncall db primary cat until 12:00
           expect oncall db primary at 12:00 bob override until 20:00
           expect oncall db primary at 20:00 ann fixed
