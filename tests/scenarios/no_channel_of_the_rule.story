# A person who has none of the rule's channels is paged by all others: never nobody.
user ann email push
last-resort db ann
team db ann 1h
at 12:00   alert db   expect page ann email; expect page ann push
