# Five wrong codes void the one that was sent, whatever happens to pagerd meanwhile, and nobody
# else's; a code that came back is used up, and its way is verified after a crash, too.
user     ana sms quiet=22:00-07:00
user     boris sms quiet=22:00-07:00
team     ops  ana 5m, boris 5m
verify   on

at 07:00 expect told ana sms verify; expect told boris sms verify
         ana gets-code sms 123456; boris gets-code sms 654321
at 07:10 ana enters-code 100001          expect answer invalid
         ana enters-code 100002          expect answer invalid
         ana enters-code 100003          expect answer invalid
         ana enters-code 100004          expect answer invalid
at 07:11 crash; restart
at 07:12 ana enters-code 100005          expect answer invalid; expect entry test "5 wrong codes"
         ana enters-code 123456          expect answer not-found
         boris enters-code 654321        expect answer done
         boris enters-code 654321        expect answer not-found
at 07:13 crash; restart
at Sun 06:59                             expect nothing
at Sun 07:13                             expect told ana sms verify; expect nothing for 24h
