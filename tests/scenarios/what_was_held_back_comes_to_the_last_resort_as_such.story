# There is no step: who is paged at the end of the silence is told that there is nobody else.
user     ana sms admin
team     db

at 02:00   ana silences host=db1 for 1h
at 02:10   alert db host=db1             expect state suppressed; expect nothing
at 03:00   expect page ana sms last-resort; expect told ana sms notice
           ana acknowledges
