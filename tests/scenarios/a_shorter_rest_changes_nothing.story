# Sent to rest for less than is left already; and for longer than anybody may be.
user ann sms
user bob sms
last-resort db bob
manager db bob
recovery rest=24h cover=everyone
members db ann bob
duty db primary ann
team db primary 1h
at 12:00   bob sends-to-rest ann for 24h    expect told ann sms rest; expect told bob sms cover
           bob sends-to-rest ann for 1h     expect nothing; expect rest ann until Sun 12:00
           bob sends-to-rest ann for 1500h  expect answer invalid; expect nothing
at 12:10   bob sends-to-rest ann for 24h    expect nothing; expect rest ann until Sun 12:10
           bob sends-to-rest ann for 48h    expect told ann sms rest; expect told bob sms cover; expect rest ann until Mon 12:10
           zoe sends-to-rest ann for 1h     expect answer refused
           bob sends-to-rest zoe for 1h     expect answer not-found
           zoe waives                       expect answer refused
