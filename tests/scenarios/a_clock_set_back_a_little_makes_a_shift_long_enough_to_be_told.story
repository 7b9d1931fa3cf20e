# By a clock that was wrong the shift had three quarters of an hour left, too little to be told of; set
# back it has more.
date     2034-05-16
user     ann email sms
user     bob email sms
last-resort web ann
team     web primary 30m
duty     web primary calendar:r1
handoff  web on
rota     r1 ann+bob 2034-05-15/13:00 2034-05-16/13:00, ann 2034-05-16/13:00 2034-05-17/13:00, bob 2034-05-17/13:00 2034-05-18/13:00

at 2034-05-16/06:16:02   clock +1d6h
at 2034-05-17/12:17:20   clock -56m52s
    expect told bob email off-call
