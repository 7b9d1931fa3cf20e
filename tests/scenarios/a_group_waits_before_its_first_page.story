# group.wait: what belongs together is one page.
user ann sms
last-resort db ann
team db ann 1h
group by=service wait=30s
at 02:00      alert db key=a service=web   expect nothing; expect entry gathering "group"; expect next ann at 02:00:30
at 02:00:10   alert db key=b service=web   expect nothing
at 02:00:30                                expect page ann sms alert; expect alerts 2
at 02:01      alert db key=c               expect page ann sms alert
