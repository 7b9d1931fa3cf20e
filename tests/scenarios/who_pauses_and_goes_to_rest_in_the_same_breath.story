# Ann, who was woken, pauses. One of her incidents waits for Bob's morning from then on: with that her
# night is over and her rest begins, which takes her off the other one, too, in the middle of the pause.
# (It once took her off twice, and ended pagerd.)
zone     Australia/Lord_Howe
date     2028-03-20
severity error normal not-waking held
user     ann call email zone=Europe/Berlin quiet=never admin
user     bob email quiet=08:00-16:00
team     db primary 5m x3, everyone 5m
duty     db primary calendar:r0
rota     r0 ann 2028-03-21/04:00 2028-03-21/12:00, bob 2028-03-21/12:00 2028-03-21/20:00
recovery night=23:00-06:00 when=16m pages=1 rest=36h cover=primary

at 2028-03-21/10:10:13   ann adds-heartbeat job1 db every 32m grace 6m severity=error
at 2028-03-21/10:37:58   alert db key=k3 "it is broken"
    expect page ann call alert; expect page ann email alert
at 2028-03-21/10:42:58   expect page ann call again; expect page ann email again
at 2028-03-21/10:47:58   expect page ann call again; expect page ann email again
at 2028-03-21/10:48:13   expect page ann call alert; expect page ann email alert
at 2028-03-21/10:48:48   ann pauses for 132m
    expect told bob email cover
    expect told ann email rest
    expect page bob email escalated
