# A page waits for its retry, somebody acks, pagerd dies and comes back: it does not go out.
user ann sms
user bob sms
last-resort db bob
team db ann 1h
at 02:00:00   courier retries ann sms
              alert db            expect page ann sms
at 02:00:05   bob acknowledges    expect stop ann
              crash
at 02:00:20   restart             expect nothing for 3h
