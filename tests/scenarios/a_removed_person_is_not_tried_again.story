# Somebody leaves the company while a page to them is on its way: what is unknown or failed of it is
# not repeated to an address that is no longer a colleague's, and somebody else is paged at once.
user ann sms
user bob sms
last-resort db bob
team db ann 5m, bob 5m
at 02:00   courier hangs ann sms
           alert db key=a       expect page ann sms alert
at 02:01   change remove user ann
           expect page bob sms
at 02:01:30 courier dies        expect nothing; expect nothing for 3m
