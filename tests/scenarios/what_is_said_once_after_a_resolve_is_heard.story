# Counted after a resolve by hand, and never repeated: paged when that time is over, also after a crash.
user ann sms
storm 0 2m
last-resort db ann
team db ann 8h
at 02:00   alert db key=k host=db1 "disk full"    expect page ann sms
           alert db key=j "fan"                   expect page ann sms
at 02:05   ann resolves #1 "made room"            expect nothing
           ann resolves #2 "new fan"
at 02:06   alert db key=j "fan"                   expect nothing
at 02:09   alert db key=k host=db1 "full again"   expect nothing; expect occurrences #1 2; expect entry late
           clear db key=j                         expect answer already; expect nothing
           crash
at 02:09:30 restart
at 02:09:59                                       expect nothing
at 02:10:01                                       expect page ann sms alert; expect again #3 after #1; expect entry insisted "so again after the resolve of #1"
           ann acknowledges #3
at 03:00                                          expect nothing; expect incidents 1
