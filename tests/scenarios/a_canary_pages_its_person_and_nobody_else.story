# pagerd's own test of the whole way: by the person's ordinary rule, to nobody else, and over by
# itself. No silence holds it, and no rest is counted from it.
user     ana sms call email
user     boris sms
user     mia email
team     ops  boris 5m, mia 5m
manager  ops  mia
recovery night=22:00-07:00 when=15m pages=1

at 10:00    alert ops from=pagerd key=canary user=ana severity=critical "all is well"
            expect page ana sms
at 10:10    ana acknowledges               expect state resolved; expect incidents 0
            expect nothing for 2h
# Unanswered it ends by itself, and is told to nobody; a crash changes nothing.
at 13:00    alert ops from=pagerd key=canary user=ana severity=critical "all is well"
            expect page ana sms
at 13:20    crash; restart                 expect state triggered
at 13:30                                   expect state resolved; expect entry resolved "nobody has acked it"
            expect nothing for 2h
# Whoever sends it on by hand reaches nobody either; a silence holds what it likes, but not this.
at 16:00    ana silences user=ana for 4h "work"
            alert ops from=pagerd key=canary user=ana severity=critical "all is well"
            expect page ana sms
at 16:01    boris escalates                expect nothing
            boris reassigns to mia         expect answer invalid; expect nothing
            ana snoozes until Mon 08:00        expect answer invalid; expect nothing
at 16:02    boris acknowledges             expect state resolved
# At night it would be no disturbance.
at 23:00    alert ops from=pagerd key=canary user=ana severity=critical "all is well"
            expect page ana sms
at 23:29    ana acknowledges               expect state resolved; expect no-rest ana; expect nothing for 8h
# Of who is gone it says so and ends.
at 2026-11-22/10:00 alert ops from=pagerd key=canary user=nobody severity=critical "all is well"
            expect entry skipped "for nobody"
at 2026-11-22/10:30                               expect state resolved; expect nothing for 1h
