# By hand: the manager or an admin, nobody else; it is told and logged.
user ann sms
user bob sms
user cat sms
user dan sms admin
last-resort db bob
manager db cat
members db ann bob
recovery cover=everyone
duty db primary ann
team db primary 5h
at 12:00   bob sends-to-rest ann for 24h   expect answer refused; expect no-rest ann
           ann sends-to-rest ann for 24h   expect answer refused
           cat sends-to-rest ann for 24h   expect told ann sms rest "off call till Sun 22 Nov 12:00, by cat. Bob covers"
           expect told bob sms cover; expect rest ann because "by cat"; expect entry recovery-started
at 13:00   bob ends-rest ann               expect answer refused
           dan ends-rest ann               expect entry recovery-ended "by dan"; expect no-rest ann
           expect told ann sms override "db primary from now: Ann again, the rest was ended by Dan"
           expect told bob sms override "db primary from now: Ann again"
           dan ends-rest ann               expect answer already
           cat sends-to-rest zoe for 1h    expect answer not-found
           cat sends-to-rest ann until 12:00  expect told ann sms rest; expect told bob sms cover
