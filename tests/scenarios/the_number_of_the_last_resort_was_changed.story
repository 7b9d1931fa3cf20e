# The last resort is tried for ever, but not at a number that is no longer its own.
user ann sms
user eve sms
last-resort db eve
team db ann 5m
at 02:00   courier retries eve sms
           alert db            expect page ann sms
at 02:05                       expect page eve sms last-resort
at 02:05:05   change user eve push
at 02:05:10                    expect page eve push last-resort; expect nothing for 4m
at 02:10                       expect page eve push last-resort
