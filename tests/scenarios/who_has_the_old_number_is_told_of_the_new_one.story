# The old address is told once that it was changed, where it was verified; the new one begins
# unproven. Codes need not be on for that.
user     ana sms push
user     boris sms
team     ops  ana 5m, boris 5m

at 10:00 ana tests ana sms               expect told ana sms test
at 10:01 ana answers-test sms
at 10:02 change user ana sms=+4915550100099 push
                                         expect told ana sms notice "changed to +4915550100099. Was this not you?"
                                         expect entry test "sms of ana was changed"
at 10:03 change user ana sms=+4915550100098 push
                                         expect nothing
         crash; restart
                                         expect nothing for 4h
