# What was verified is verified again after contacts.again; an answered test counts as a code.
user     ana sms quiet=never
user     boris sms quiet=never
team     ops  ana 5m, boris 5m
verify   on again=10d

at 00:00                                 expect told ana sms verify; expect told boris sms verify
         ana tests ana                   expect told ana sms test
at 00:02 ana answers-test sms
         boris gets-code sms 123456
         boris enters-code 123456
at 00:03                                 expect nothing for 239h
at 2026-12-01/00:15                      expect told ana sms verify; expect told boris sms verify
