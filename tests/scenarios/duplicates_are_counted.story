# A trigger of an open incident is an occurrence: no page, no entry, one save a second at most.
user ann sms
last-resort db ann
team db ann 1h
at 02:00:00   alert db key=k "full"   expect page ann sms alert; expect incidents 1
at 02:00:00   alert db key=k "full"; alert db key=k "full"
              expect saves 0; expect no-entry triggered; expect occurrences 3; expect incidents 1
at 02:00:01   expect saves 1
at 02:00:01   alert db key=k "full"   expect saves 0; expect occurrences 4
at 02:00:10   alert db key=k "fuller" expect summary "fuller"; expect saves 1; expect nothing
              expect occurrences 5
