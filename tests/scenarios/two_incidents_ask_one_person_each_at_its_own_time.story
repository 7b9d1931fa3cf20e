# Her rule runs for each incident by itself.
user ann sms
last-resort db ann
rule normal 0s sms, 3m sms
team db ann 10m
at 02:00   alert db key=a      expect page ann sms alert
at 02:01   alert db key=b      expect page ann sms alert
at 02:03                       expect page ann sms again
at 02:04                       expect page ann sms again
           ann acknowledges #1 expect paging ann
           ann acknowledges #2 expect stop ann; expect nothing for 3h
