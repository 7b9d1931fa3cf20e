# Then the report goes to who runs pagerd.
user     ana sms
user     boris sms admin
last-resort db boris
team     db  boris 5m

at 02:00   ana silences host=db1 for 2h
at 02:10   alert db host=db1 "one"           expect state suppressed; expect nothing
at 02:20   change remove user ana            expect nothing
at 04:00   expect page boris sms alert "Held back"; expect told boris sms notice "Silence s1"
           boris acknowledges
