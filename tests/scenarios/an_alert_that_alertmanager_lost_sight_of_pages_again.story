# Alertmanager loses Prometheus, says "resolved", and finds it again: the alert fires since when it did. It says so once,
# at its next group interval (here 30 seconds), and not again for hours.
user ann sms
last-resort db ann
team db ann 8h
at 02:00     alert db key=k since=01:59            expect page ann sms alert
at 02:10     clear db key=k                        expect told ann sms cleared
at 02:10:30  alert db key=k since=01:59            expect page ann sms alert; expect again #2 after #1
