# What still waits for its retry when a new round begins is overtaken by it: attempts do not pile up.
user ann sms
last-resort db ann
team db
at 02:00      courier fails ann sms
              alert db   expect page ann sms last-resort
at 02:01      expect page ann sms last-resort
at 02:02      expect page ann sms last-resort
at 02:03      expect page ann sms last-resort
at 02:04      expect page ann sms last-resort
at 02:05      expect page ann sms last-resort
at 02:06      expect page ann sms last-resort
at 02:07      expect page ann sms last-resort
