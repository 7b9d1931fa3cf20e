# Twenty services page each; what comes then of other ones is one incident of the team.
user ann sms
last-resort db ann
team db ann 8h
at 02:00:01   alert db key=k1 service=s1   expect page ann sms alert
at 02:00:02   alert db key=k2 service=s2   expect page ann sms alert
at 02:00:03   alert db key=k3 service=s3   expect page ann sms alert
at 02:00:04   alert db key=k4 service=s4   expect page ann sms alert
at 02:00:05   alert db key=k5 service=s5   expect page ann sms alert
at 02:00:06   alert db key=k6 service=s6   expect page ann sms alert
at 02:00:07   alert db key=k7 service=s7   expect page ann sms alert
at 02:00:08   alert db key=k8 service=s8   expect page ann sms alert
at 02:00:09   alert db key=k9 service=s9   expect page ann sms alert
at 02:00:10   alert db key=k10 service=s10   expect page ann sms alert
at 02:00:11   alert db key=k11 service=s11   expect page ann sms alert
at 02:00:12   alert db key=k12 service=s12   expect page ann sms alert
at 02:00:13   alert db key=k13 service=s13   expect page ann sms alert
at 02:00:14   alert db key=k14 service=s14   expect page ann sms alert
at 02:00:15   alert db key=k15 service=s15   expect page ann sms alert
at 02:00:16   alert db key=k16 service=s16   expect page ann sms alert
at 02:00:17   alert db key=k17 service=s17   expect page ann sms alert
at 02:00:18   alert db key=k18 service=s18   expect page ann sms alert
at 02:00:19   alert db key=k19 service=s19   expect page ann sms alert
at 02:00:20   alert db key=k20 service=s20   expect page ann sms alert
at 02:00:21   alert db key=k21 service=s21   expect nothing; expect entry storm
at 02:00:22   alert db key=k22 service=s22   expect nothing; expect alerts #21 2
at 02:00:23                                expect page ann sms alert
at 02:00:24   alert db key=k24 service=s24   expect nothing; expect alerts #21 3
at 02:00:25   alert db key=k25 service=s25   expect nothing; expect alerts #21 4
at 02:00:27   alert db key=k27 service=s25   expect nothing; expect alerts #21 5
at 02:00:28   alert db key=k28 service=s1    expect nothing; expect alerts #21 6
