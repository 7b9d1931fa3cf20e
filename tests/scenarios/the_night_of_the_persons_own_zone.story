# Noon in Berlin is 05:00 in Chicago: eve's night.
user ann sms
user eve sms zone=America/Chicago
last-resort db ann
recovery when=15m pages=9 rest=24h cover=everyone
members db ann eve
duty db primary eve
team db primary 5h
at 12:00   alert db key=a     expect page eve sms
at 12:01   eve acknowledges
at 12:30   eve resolves       expect told eve sms rest "off call till Sun 22 Nov 05:30"; expect told ann sms cover "till Sun 22 Nov 12:30"
at Sun 12:30 expect nothing
at Mon 03:00  alert db key=b  expect page eve sms
at Mon 03:01  eve acknowledges
at Mon 04:00  eve resolves    expect no-rest eve
