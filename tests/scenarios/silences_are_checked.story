user     ana sms
last-resort db ana
team     db  ana 5m

at 02:00   nobody silences host=db1 for 2h           expect answer refused
           ana silences for 2h                       expect answer invalid
           ana silences =db1 for 2h                  expect answer invalid
           ana silences host=db1 for 721h            expect answer invalid
           ana silences host=db1 until 2026-11-21/01:00  expect answer invalid
           ana silences host=db1 for 2h ""           expect answer invalid
           ana silences host=db1 team=web for 2h     expect answer not-found
           ana silences host=db1 from 2028-01-01/00:00 until 2028-01-01/01:00  expect answer invalid
           ana silences host=db1 for 720h
           nobody ends-silence s1                    expect answer refused
