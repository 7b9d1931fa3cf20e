# Only the last two days count for who is the least disturbed; what lies before is forgotten.
user ann sms
user bob sms
last-resort db bob
recovery when=10h pages=9 rest=24h cover=everyone
members db ann bob
duty db primary ann
team db primary 5h
at Sun 03:00   alert db key=a     expect page ann sms
               ann resolves
at Mon 03:00   alert db key=b     expect page ann sms
               ann resolves
at Thu 03:00   alert db key=c     expect page ann sms
               ann resolves       expect no-rest ann
