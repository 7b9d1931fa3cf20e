# The duty passes on, each time to somebody who sleeps: not for ever.
user ann sms quiet=20:00-10:00
user bob sms quiet=09:00-21:00
user mia sms
rule soft 0s sms
severity warning soft not-waking held
last-resort db mia
rota main ann 00:00 10:00, bob 10:00 21:00, ann 21:00 2026-11-22/10:00, bob 2026-11-22/10:00 2026-11-22/21:00, ann 2026-11-22/21:00 2026-11-23/10:00
duty db primary calendar:main
team db primary 5h
at 23:00   alert db severity=warning   expect nothing; expect next bob at 2026-11-22/10:00
at 2026-11-22/10:00   expect nothing
at 2026-11-22/10:00   expect state suppressed; expect next ann at 2026-11-22/21:00
at 2026-11-22/21:00:01   expect page ann sms alert "Held since 23:00 until now"
