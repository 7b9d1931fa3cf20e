# Who has nothing but a telephone hears of a shift that begins at night in the morning.
user     ana sms
user     boris sms
user     cat sms
team     ops  primary 5m
duty     ops primary calendar:rota
recovery night=22:00-07:00 when=15m pages=9
rota     rota  ana 2026-11-16/09:00 2026-11-22/02:00, boris 2026-11-22/02:00 2026-11-23/04:00, cat 2026-11-23/04:00 2026-11-23/06:00
handoff  ops on

at Sat 18:00       expect told cat sms soon
at Sun 02:00       expect nothing for 5h
at Sun 07:00       expect told ana sms off-call "since Sun 22 Nov 02:00. Boris has it"; expect told boris sms on-call "Sun 22 Nov 02:00 to Mon 23 Nov 04:00"
# Cat's is over by the morning: that it began is of no use.
at Mon 04:00       expect nothing for 3h
at Mon 07:00       expect told boris sms off-call "Cat has it"; expect told cat sms off-call "Nobody has it"
