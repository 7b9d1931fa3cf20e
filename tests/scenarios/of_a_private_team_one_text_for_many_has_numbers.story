# One text for several incidents of a private team has their numbers and nothing else.
channel sms limit=20
user ann sms
last-resort db ann
team db ann 1h
private db
at 02:00:00   alert db key=a service=a severity=error "secret one"    expect page ann sms
at 02:00:01   alert db key=b service=b severity=error "secret two"
at 02:00:02   alert db key=c service=c severity=error "secret three"
at 02:00:10   expect page ann sms bundle "x2 since 02:00:" "#3" without "secret"
              expect entry paged "paged ann in one page with #2"
