# Her old number hangs; the configuration brings a new contact. The repeat goes there: the old one
# may be a stranger's, and the page has a link in it that acks in her name.
user ann sms
user bob sms
last-resort db bob
team db ann 1h, bob 1h
at 02:00   courier hangs ann sms
           alert db key=a           expect page ann sms
at 02:01   change user ann push     expect nothing
at 02:02                            expect page ann push; expect entry page-failed "no contact"
           expect nothing for 50m
           ann acknowledges
at 03:00   courier retries ann push
           alert db key=b           expect page ann push
at 03:00:05   change user ann call
at 03:00:10                         expect page ann call; expect entry page-failed "no contact"; expect nothing for 50m
