# What does not fit is counted.
storm 0 2m
channel sms limit=20
user ann sms
last-resort db ann
team db ann 1h
at 02:00:00   alert db key=a service=a severity=error "one"    expect page ann sms
at 02:00:01   alert db key=b service=b severity=error "two"; alert db key=c service=c severity=error "three"
              alert db key=d service=d severity=error "four"; alert db key=e service=e severity=error "five"
              alert db key=f service=f severity=error "six"; alert db key=g service=g severity=error "seven"
              alert db key=h service=h severity=error "eight"; alert db key=i service=i severity=error "nine"
at 02:00:10   expect page ann sms bundle "x8 since 02:00: two, #3 three, #4 four, #5 five, #6 six and 3 more"
