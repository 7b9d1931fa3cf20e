# The same for a snooze: it ends during her leave, and the step is asked, not she.
user ann sms
user bob sms
last-resort db bob
away ann 2026-11-21/13:00 2026-11-28/13:00
team db bob 1h
at 12:00   alert db             expect page bob sms
at 12:01   ann snoozes for 2h   expect stop bob
at 14:01                        expect page bob sms again; expect stop ann
