# Who says that it is over is believed for one more round.
user     ana sms
last-resort db ana
team     db  ana 5h

at 02:00   ana adds-heartbeat cron db every 10m grace 5m
at 02:15   expect page ana sms alert
           ana resolves #1                      expect nothing for 14m
at 02:30   expect page ana sms alert; expect again #2 after #1
           ana acknowledges #2                  expect nothing for 2h
at 04:30   expect incidents 1
