# A key without a team: the first route that matches has it, and the timeline says which and why.
user ann sms
user dan sms
last-resort db ann
last-resort web dan
team db ann 1h
team web dan 1h
route db host=db* service!=cdn
route web
at 02:00   alert - key=a host=db1 service=postgres
           expect page ann sms alert; expect entry routed "route 1 (host=db*, service!=cdn) -> db"
at 02:01   alert - key=b host=db1 service=cdn
           expect page dan sms alert; expect entry routed "route 2 (everything) -> web"
# A key with a team stays with it.
at 02:02   alert web key=c host=db1   expect page dan sms alert; expect no-entry routed
