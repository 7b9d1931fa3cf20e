# Twenty-one critical services within a second: twenty pages at once, though the limit of the number is
# five, for the first page of a service is never held back; what comes on top of that is one incident.
channel sms limit=5
user ann sms
user bob sms
last-resort db bob
team db ann 15m, bob 1h
at 02:00:00   alert db key=s01 service=s01 "s01 down"   expect page ann sms alert
              alert db key=s02 service=s02 "s02 down"   expect page ann sms alert
              alert db key=s03 service=s03 "s03 down"   expect page ann sms alert
              alert db key=s04 service=s04 "s04 down"   expect page ann sms alert
              alert db key=s05 service=s05 "s05 down"   expect page ann sms alert
              alert db key=s06 service=s06 "s06 down"   expect page ann sms alert
              alert db key=s07 service=s07 "s07 down"   expect page ann sms alert
              alert db key=s08 service=s08 "s08 down"   expect page ann sms alert
              alert db key=s09 service=s09 "s09 down"   expect page ann sms alert
              alert db key=s10 service=s10 "s10 down"   expect page ann sms alert
              alert db key=s11 service=s11 "s11 down"   expect page ann sms alert
              alert db key=s12 service=s12 "s12 down"   expect page ann sms alert
              alert db key=s13 service=s13 "s13 down"   expect page ann sms alert
              alert db key=s14 service=s14 "s14 down"   expect page ann sms alert
              alert db key=s15 service=s15 "s15 down"   expect page ann sms alert
              alert db key=s16 service=s16 "s16 down"   expect page ann sms alert
              alert db key=s17 service=s17 "s17 down"   expect page ann sms alert
              alert db key=s18 service=s18 "s18 down"   expect page ann sms alert
              alert db key=s19 service=s19 "s19 down"   expect page ann sms alert
              alert db key=s20 service=s20 "s20 down"   expect page ann sms alert
              alert db key=s21 service=s21 "s21 down"   expect nothing
at 02:00:02                                               expect page ann sms alert; expect nothing for 9m
