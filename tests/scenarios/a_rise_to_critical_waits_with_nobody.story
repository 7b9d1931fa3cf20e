# An error that waits to be one page with others goes out when it becomes critical; a
# provider that hangs is not waited for any longer.
user     ana  sms push quiet=never
user     boris sms
team     ops  ana 30m, boris 30m
rule     normal 0s sms
channel  sms limit=20

at 03:00     alert ops key=a service=a severity=error "slow"      expect page ana sms
at 03:00:01  alert ops key=b service=b severity=error "slow too"  expect nothing
at 03:00:03  alert ops key=b service=b severity=critical "down"   expect page ana sms
at 03:01     ana resolves #1; ana resolves #2

# Handed to who hangs while it was an error: 15 s of that are over when it is critical.
at 03:10     courier hangs ana sms
             alert ops key=c service=c severity=error "slow"      expect page ana sms
at 03:10:20  alert ops key=c service=c severity=critical "down"
at 03:10:20                                                       expect page ana push
at 03:10:22  ana resolves #3
