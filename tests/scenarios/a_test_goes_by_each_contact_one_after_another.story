# A test page by each contact, the next when the last was answered or after a minute; it is for
# nothing: nobody else is paged, nothing is acked, nobody was woken.
user     ana sms call email
user     boris sms
team     ops  ana 5m, boris 5m
recovery night=22:00-07:00 when=15m pages=1

at 03:00    ana tests ana                expect told ana sms test; expect entry test
at 03:00:20 ana answers-test sms         expect told ana call test; expect entry test "sms works: answered after 20s, by story"
at 03:00:30 ana answers-test sms         expect answer already
at 03:01:20                              expect nothing
at 03:02                                 expect told ana email test
at 03:02:10 crash; restart
at 03:04    ana answers-test call
at 03:07:00                              expect entry test "email of ana: the test was not answered"
at 03:08    ana answers-test email       expect entry test "email works"
at 03:09                                 expect no-rest ana; expect incidents 0; expect nothing for 4h
at 12:00    boris tests ana              expect answer refused
at 12:01    ana tests boris              expect answer refused
at 12:02    ana tests ana push           expect answer invalid
at 12:03    ana tests nobody             expect answer not-found
at 12:04    boris answers-test sms       expect answer not-found
# It runs beside an incident and touches it not.
at 13:00    alert ops key=a "disk"       expect page ana sms
at 13:01    ana tests ana sms            expect told ana sms test
at 13:02    ana answers-test sms         expect state triggered
at 13:03    ana acknowledges
# Another number: nothing of the old one counts.
at 14:00    ana tests ana sms            expect told ana sms test
at 14:01    change user ana call email
            ana answers-test sms         expect answer not-found
