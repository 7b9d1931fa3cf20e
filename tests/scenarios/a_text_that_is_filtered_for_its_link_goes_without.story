# A carrier filters a text for its link: it goes again at once without, and once; when that is
# filtered, too, the next method is paged. After the ack nothing goes.
user ann sms push
last-resort db ann
team db ann 1h
at 02:00:00   courier filters ann sms
              alert db key=a service=a  expect page ann sms; expect page ann sms; expect page ann push
                 expect entry page-repeated "goes without a link"; expect entry page-failed
                 expect provider sms up; expect nothing for 30m
at 02:30:00   courier filters ann sms after 40s
              alert db key=b service=b  expect page ann sms
at 02:30:10   ann acknowledges
at 02:30:40                             expect no-entry page-repeated; expect nothing for 20m
