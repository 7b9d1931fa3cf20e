# Ann calls a warning over by hand while its source goes on: that is counted for 5 minutes. That it
# becomes critical within them is nothing that she knew.
user ann sms email
last-resort db ann
team db ann 1h
at 12:00   alert db key=k severity=warning    expect page ann email
at 12:01   ann resolves
at 12:02   alert db key=k severity=warning    expect nothing; expect occurrences #1 2
at 12:03   alert db key=k severity=critical   expect page ann sms alert; expect again #2 after #1
           alert db key=k severity=critical   expect nothing; expect occurrences #2 2
