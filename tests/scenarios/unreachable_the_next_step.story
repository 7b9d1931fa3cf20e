# Nobody of the step can be reached by any contact: the walk goes on at once.
user ann sms push
user bob sms
last-resort db ann
team db ann 1h, bob 1h
at 02:00   courier fails ann *
           alert db   expect page ann sms; expect page ann push; expect page bob sms escalated
           expect entry page-failed "ann cannot be reached by any contact"; expect entry skipped "left at once"
