# DELIVERED may come after SENT; a failure after SENT goes on with the next contact.
user ann sms push
last-resort db ann
team db ann 1h
at 02:00   courier delivers ann sms
           alert db key=a   expect page ann sms; expect entry page-delivered
