# A scanner of mail that types numbers must not ack, and must not cost her the page either: what
# her mail cannot do, her phone has to. With nothing left, whoever is next is asked at once.
user ann email sms
user bob sms
rule quiet 0s email
severity critical quiet not-waking
last-resort db bob
team db ann 5m, bob 5m
at 12:00      alert db                      expect page ann email
at 12:00:10   link ann "link email" wrong   expect entry link "another number"; expect nothing; expect state triggered; expect owner nobody
at 12:00:20   link ann "link email" spent   expect entry link "acts no more"; expect page ann sms alert; expect state triggered
at 12:01      link ann "link sms" spent     expect page bob sms; expect owner nobody
at 12:02      ann acknowledges              expect told bob sms acked
at 12:03      link ann "link email" spent   expect entry link; expect nothing; expect owner ann
