# Eve's own rule writes a mail first and calls after 12 minutes; a round of the last resort takes 5.
# Each round mails again, but the call comes when it was due: begun anew each time, the rule would
# never get there, and nobody would wake.
user ann sms
user eve email sms notify=gentle
rule gentle 0s email, 12m sms
last-resort db eve
team db ann 5m
at 02:00   alert db   expect page ann sms
at 02:05              expect page eve email last-resort
at 02:10              expect page eve email last-resort
at 02:15              expect page eve email last-resort
at 02:17              expect page eve sms again
# ... and when it is through, it begins again.
at 02:20              expect page eve email last-resort
at 02:25              expect page eve email last-resort
at 02:30              expect page eve email last-resort
at 02:32              expect page eve sms again
