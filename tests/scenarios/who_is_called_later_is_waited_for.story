# Two of a step: one cannot be reached, the other's rule begins in three minutes. The step is not
# left for that.
user ann sms
user bob sms notify=later
rule later 3m sms
last-resort db ann
team db ann+bob 10m
at 02:00   courier fails ann sms
           alert db      expect page ann sms; expect entry page-failed "cannot be reached"; expect no-entry skipped
           courier sends ann sms
at 02:03                 expect page bob sms
at 02:10                 expect page ann sms last-resort
