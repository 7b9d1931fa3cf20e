# An ack by nobody is one of the two unforgivable failures.
user ann sms
last-resort db ann
team db ann 1h
at 02:00   alert db              expect page ann sms
at 02:01   root acknowledges     expect answer refused; expect state triggered
           monitor acknowledges  expect answer refused
           root resolves         expect answer refused
           root snoozes for 2h   expect answer refused
           root undoes           expect answer refused
           root escalates        expect answer refused
           root notes "hello"    expect answer refused; expect paging ann
