# An ack that names nothing is not an ack of whatever came last.
user ann sms
storm 0 2m
last-resort db ann
team db ann 5m
at 02:00   alert db key=a        expect page ann sms
           alert db key=b        expect page ann sms
           ann acknowledges #0   expect answer not-found; expect state #1 triggered; expect state #2 triggered
           ann acknowledges #7   expect answer not-found; expect paging ann
           ann notes #7 "hello"  expect answer not-found
           ann resolves #0       expect answer not-found; expect incidents 2
at 02:05   expect page ann sms last-resort; expect page ann sms last-resort
