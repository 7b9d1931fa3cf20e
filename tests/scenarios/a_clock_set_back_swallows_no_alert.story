# Resolved by hand, then the wall clock is set back a year: what fires on afterwards is a new
# problem, and not counted into the resolved one until the clock has caught up.
user ann sms
last-resort db ann
team db ann 5m
at 02:00   alert db key=k     expect page ann sms
at 02:03   ann resolves
at 02:04   clock -8760h
at +10m    alert db key=k     expect page ann sms alert; expect again #2 after #1
