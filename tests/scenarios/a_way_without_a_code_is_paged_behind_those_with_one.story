# Nobody is left out; where the next way is looked for, one that is verified goes before. With codes
# off the order is that of the configuration.
user     ana sms push call quiet=never
user     boris email
team     ops  ana 5m, boris 5m
rule     normal 0s sms
verify   on

at 00:00                                 expect told ana sms verify; expect told boris email verify
at 00:15                                 expect told ana push verify
at 00:30                                 expect told ana call verify
         ana gets-code call 123456
         ana enters-code 123456          expect answer done
at 03:00 courier fails ana sms
         alert ops key=a "disk"          expect page ana sms; expect page ana call
         courier fails ana call
at 03:01 alert ops key=b "disk"          expect page ana sms; expect page ana call; expect page ana push
         ana resolves #1; ana resolves #2
at 03:02 change verify off
         alert ops key=c "disk"          expect page ana sms; expect page ana push
         ana resolves #3
