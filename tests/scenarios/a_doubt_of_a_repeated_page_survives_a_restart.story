# Found by the simulator: a page that was repeated after a crash, taken, and is in doubt after the
# next one. Its person's next method is paged all the same.
channel call receipt=60s
rule normal 0s call
user ann call push
last-resort db ann
team db ann 1h
at 02:00:00   courier hangs ann call
              alert db   expect page ann call
at 02:00:05   courier sends ann call
              crash
at 02:00:10   restart    expect page ann call repeat
at 02:00:20   crash
at 02:00:30   restart    expect nothing
at 02:01:10              expect page ann push; expect nothing for 50m
