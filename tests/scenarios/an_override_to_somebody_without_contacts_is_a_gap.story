# Put there by hand, and no way to reach him: the step is left at once, not waited out.
user ann sms
user mute
last-resort db ann
duty db primary ann
team db primary 1h
at 02:00   ann overrides db primary to mute until 09:00
           alert db   expect page ann sms last-resort; expect entry skipped "nobody is primary"
