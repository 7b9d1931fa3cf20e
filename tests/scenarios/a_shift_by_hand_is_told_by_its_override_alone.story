# Who was told of an override is not told of the shift again; its end in the rota is.
user     ana sms email
user     boris sms email
user     cat sms email
team     ops  primary 5m
duty     ops primary calendar:rota
rota     rota  ana 2026-11-16/09:00 2026-11-28/09:00
handoff  ops on

at 10:00  cat overrides ops primary to boris until 18:00   expect told ana email override; expect told boris email override
at 12:00  ana ends-override o1                             expect told boris email override
at 12:01  crash; restart                                   expect nothing
at 13:00  ana overrides ops primary to cat until 20:00     expect told cat email override
at 19:45                                                   expect told ana email on-call
at 20:00                                                   expect told cat email off-call "Ana has it"
                                                           expect told ana email on-call "to Sat 28 Nov 09:00"
# "I take the pager" for half an hour is no shift.
at 21:00  ana overrides ops primary to cat until 21:30     expect told cat email override
at 21:30                                                   expect nothing for 4h
