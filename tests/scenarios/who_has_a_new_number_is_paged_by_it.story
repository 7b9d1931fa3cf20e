# The number that is being called is mended while nobody answers by the other way: the new one is the next.
user     ana sms=+4915550100001 email
user     boris sms
rule     normal 0s sms+email
team     ops  ana 30m, boris 30m

at 12:00      courier bounces ana email after 2m
              alert ops key=a "disk"                     expect page ana sms alert; expect page ana email alert
at 12:01      change user ana sms=+4915550100009 email
at 12:02                                                 expect page ana sms alert
