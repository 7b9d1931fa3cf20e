# A team without steps goes to its last resort at once.
user bob sms
last-resort db bob
team db
at 02:00   alert db   expect page bob sms last-resort
at 02:05              expect page bob sms last-resort
