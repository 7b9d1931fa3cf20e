# The first page of the rule comes after 7 minutes, the step is repeated every 5: it comes all the
# same, and an ack before it spares it.
user ann sms notify=slow
rule slow 7m sms
last-resort db ann
team db ann 5m x3
at 02:00   alert db key=a        expect nothing; expect paging ann
at 02:05                         expect nothing
at 02:07                         expect page ann sms
at 02:08   ann acknowledges      expect stop ann
at 02:10   alert db key=b        expect nothing
at 02:12   ann acknowledges      expect nothing for 4h
