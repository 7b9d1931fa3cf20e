# While pagerd was down nobody could repeat anything: a fresh while from the start.
user ann sms
last-resort db ann
team db ann 8h
at 02:00     alert db key=k ends=+4m   expect page ann sms alert
at 02:01     crash
at 02:30     restart                   expect nothing; expect state triggered
at 02:34     alert db key=k ends=+4m   expect occurrences 2
at 02:38                                expect entry expired; expect state resolved
