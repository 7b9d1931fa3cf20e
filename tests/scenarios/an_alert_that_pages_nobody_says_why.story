# What came in is asked by its alert: by which rule nothing was heard of it.
user ann sms
last-resort db ann
team db ann 1h
at 02:00   alert db key=i severity=info   expect nothing; expect state suppressed
expect rule #1 i "new, suppressed: severity info pages nobody"
