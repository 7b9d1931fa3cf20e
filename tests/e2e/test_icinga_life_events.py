# SPDX-License-Identifier: MIT
"""The whole life of problems in the real Icinga 2, told by its event stream."""
from house import main
from icinga_life import live


def told_by_its_event_stream():
    live(False, True)


main(told_by_its_event_stream)
