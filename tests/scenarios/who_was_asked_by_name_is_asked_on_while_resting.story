# Somebody asked for Ann herself, who knows the thing: a rest that begins does not undo that.
user ann sms
user bob sms
rule normal 0s sms, 2m sms
last-resort db bob
manager db bob
recovery rest=24h cover=bob
members db ann bob
team db bob 1h
at 12:00   alert db                        expect page bob sms
           bob reassigns to ann "your DB"  expect page ann sms by-hand
at 12:01   bob sends-to-rest ann for 24h   expect told ann sms rest; expect paging ann
at 12:02                                   expect page ann sms again
           ann acknowledges                expect told bob sms acked
