# What a manager needs to find the mistake: file, line, UID, instance, rule, and what the clocks do.
date 2027-03-27
user ann sms
last-resort db ann
rota main ann 2027-03-27/02:30 2027-03-28/03:30 rule "FREQ=DAILY;INTERVAL=1" clock "02:30 on 28 Mar does not exist (clocks go from 02:00 to 03:00): it is 03:30"
duty db primary calendar:main
team db primary 10m
at 09:00   expect oncall db primary ann until 2027-03-28/03:30 because "main.ics:12"
           expect oncall db primary ann because "UID uid, instance of Sat 27 Mar 02:30, rule FREQ=DAILY;INTERVAL=1; 02:30 on 28 Mar does not exist"
