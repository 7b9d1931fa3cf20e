# A reload that changes routes moves nothing that is open; a repeat of it does not either.
user ann sms
user dan sms
last-resort db ann
last-resort web dan
team db ann 1h
team web dan 1h
route db
at 02:00   alert - key=a   expect page ann sms alert
at 02:01   change remove routes; change route web   expect nothing
at 02:02   alert - key=a   expect nothing; expect occurrences 2; expect paging ann
at 02:03   alert - key=b   expect page dan sms alert
at 02:10   ann acknowledges #1
# Without routes the first team has what no key gives to one: told, never lost.
at 02:11   change remove routes
at 02:12   alert - key=c   expect page ann sms alert
           expect entry policy "monitor names no team and there are no routes: db has it"
