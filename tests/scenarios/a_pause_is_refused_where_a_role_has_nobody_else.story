# She is no member, and whoever is one is away; or no role is at stake, but nobody else is there.
user ann sms
user bob sms
user cat sms
user mia sms
last-resort db mia
last-resort web mia
members db bob
members web cat bob
recovery off cover=everyone
duty db primary ann
team db primary 5m
team web everyone 5m
away bob 11:00 20:00
at 12:00   ann pauses   expect answer refused; expect no-pause ann
at 12:01   cat pauses   expect answer refused; expect no-pause cat
at 20:00   ann pauses   expect told bob sms cover
at 20:01   cat pauses   expect paused cat
at 20:02   bob pauses   expect answer refused
