# A page leaves when it is on disk, not before; an ack that comes meanwhile is overtaken by nothing.
user ann sms
user bob sms
last-resort db bob
team db ann 5m, bob 5m
at 02:00:00   disk hangs
              alert db key=a    expect nothing
              alert db key=a    expect nothing; expect occurrences 2
at 02:00:20   disk goes         expect page ann sms alert
at 02:01:00   disk hangs
              alert db key=b    expect nothing
              ann acknowledges #2
at 02:01:10   disk goes         expect nothing; expect owner #2 ann
