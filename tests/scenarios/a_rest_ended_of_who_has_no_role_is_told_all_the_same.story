# Dan has no duty just now. That his rest is over is news for him, by whomever it was ended.
user ann sms
user dan sms
last-resort db ann
manager db ann
recovery rest=24h cover=everyone
members db ann dan
duty db primary ann
team db primary 1h
at 12:00   ann sends-to-rest dan for 24h   expect told dan sms rest
           ann ends-rest dan               expect told dan sms notice "ended by Ann"; expect no-rest dan
           ann ends-rest dan               expect answer already; expect nothing
