# Grafana's contact point "Alertmanager" says until when an alert fires, and does not repeat it until then.
user ann sms
user bob sms
last-resort db ann
team db ann 10m, bob 8h
at 02:00     alert db key=k since=01:58 ends=+4m once=yes   expect page ann sms alert
at 02:10     expect page bob sms escalated "Ann silent 10m"
at 02:30     alert db key=k since=01:58 ends=-1m once=yes   expect state resolved
