# Six hours are lost. What was waiting to go out is not sent; those on call hear of it, and what
# nobody had acked is paged ten minutes later, for its source may not say it again.
user   ana   sms email
user   boris sms email admin
team   ops   ana 5m, boris 5m
at 03:00     alert ops key=disk "disk full"      expect page ana sms alert
at 03:01     crash
at 09:01     recall   expect told ana email notice; expect told boris email notice
at 09:02     alert ops key=new "new one"         expect page ana sms alert
at 09:03     ana acknowledges #2
at 09:11                                         expect page ana sms again
at 09:16                                         expect page boris sms escalated
