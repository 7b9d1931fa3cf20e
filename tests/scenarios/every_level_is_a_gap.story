# Nobody has any role, at any step, by calendar, override or name: the last resort is paged in the
# same moment, and each step that was passed over is said.
user ann sms
user eve sms
user mute
last-resort db eve
manager db eve
duty db primary calendar:main
duty db secondary calendar:main/secondary
members db mute
team db primary 1h x3, secondary+mute 1h, everyone 1h
at 02:00   alert db   expect page eve sms last-resort
           expect entry skipped "nobody is primary: step 1 skipped"
           expect entry skipped "nobody is secondary and mute: step 2 skipped"
           expect entry skipped "nobody is in the team: step 3 skipped"
           expect entry last-resort
