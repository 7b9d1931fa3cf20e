# Who, what and when must make sense.
user ann sms
last-resort db ann
duty db primary ann
team db primary 10m
at 08:00   zoe overrides db primary to ann until 20:00      expect answer refused
           ann overrides web primary to ann until 20:00     expect answer not-found
           ann overrides db primary to zoe until 20:00      expect answer not-found
           ann overrides db secondary to ann until 20:00    expect answer invalid
           ann overrides db primary to ann until 2026-11-20/20:00  expect answer invalid; expect nothing
