# Each way gets its code, one person one at a look, not at night, once a day; what comes back is
# verified for 90 days.
user     ana sms email quiet=22:00-07:00
user     boris sms quiet=22:00-07:00
team     ops  ana 5m, boris 5m
verify   on

at 00:01                                 expect nothing for 6h59m
at 07:00                                 expect told ana sms verify; expect told boris sms verify
         ana gets-code sms 123456; boris gets-code sms 654321
at 07:15                                 expect told ana email verify
         ana gets-code email 222222
at 07:20 ana enters-code 654321          expect answer invalid
         ana enters-code 12345           expect answer invalid
         ana enters-code 123456          expect entry test "sms is verified"; expect answer done
         ana enters-code 123456          expect answer invalid
         nobody enters-code 222222       expect answer refused
# Void after five wrong ones: the wrong ones before counted for this one, too.
at 07:30 ana enters-code 100001          expect answer invalid
         ana enters-code 100002          expect answer invalid
         ana enters-code 100003          expect answer invalid; expect entry test "5 wrong codes"
         ana enters-code 222222          expect answer not-found
# After a restart the code of before is still good; a day later it is not.
at 12:00 crash; restart
         boris enters-code 654321        expect answer done
at 12:01                                 expect nothing for 18h
at Sun 07:15                             expect told ana email verify
         ana gets-code email 333333
         change user ana sms email quiet=06:00-12:00
at Mon 07:14 ana enters-code 100001      expect answer invalid
at Mon 07:15 ana enters-code 333333      expect answer not-found
at Mon 12:00                             expect told ana email verify
