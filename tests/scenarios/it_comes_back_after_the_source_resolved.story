# A trigger after the source's resolve is a new episode at once, told as AGAIN.
user ann sms
last-resort db ann
team db ann 1h
reopen 24h
at 02:00   alert db key=k   expect page ann sms alert
at 02:10   clear db key=k   expect told ann sms cleared
at 02:10:01 alert db key=k  expect page ann sms alert; expect again #2 after #1; expect incidents 1
           expect entry reopened "after #1 was resolved"
