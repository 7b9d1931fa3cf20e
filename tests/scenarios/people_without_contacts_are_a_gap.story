# Somebody who cannot be reached at all is as good as nobody.
user ann
user bob sms
last-resort db bob
duty db primary ann
team db primary 5m, bob 5m
at 02:00   alert db   expect page bob sms; expect entry skipped
