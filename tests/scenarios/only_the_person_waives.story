# The rest is the person's: nobody else can waive it; what was before does not count again.
user ann sms
user bob sms admin
last-resort db bob
manager db bob
recovery when=15m pages=2 rest=24h cover=everyone
members db ann bob
duty db primary ann
team db primary 5h
at 02:00   alert db key=a     expect page ann sms
           ann acknowledges
at 02:30   ann resolves       expect told ann sms rest; expect told bob sms cover
at 02:31   bob waives ann     expect answer refused; expect rest ann
at 02:32   ann waives         expect no-rest ann; expect entry recovery-waived; expect oncall db primary ann
           expect told bob sms override "db primary from now: Ann again, the rest was waived by Ann"
           ann waives         expect answer already
at 04:00   alert db key=b     expect page ann sms
at 04:01   ann acknowledges
at 04:05   ann resolves       expect no-rest ann
