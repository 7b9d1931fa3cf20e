# Notes go into the timeline and change nothing.
user ann sms
last-resort db ann
team db ann 1h
at 02:00   alert db key=k                        expect page ann sms
at 02:01   ann notes "S3 key expired"            expect entry note "S3 key expired"; expect state triggered
           source-note db key=k "still failing"  expect entry note "still failing"
           ann notes                             expect answer invalid
