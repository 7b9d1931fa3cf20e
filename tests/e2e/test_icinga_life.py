# SPDX-License-Identifier: MIT
"""The whole life of problems in the real Icinga 2, told by its notification command."""
from house import main
from icinga_life import live


def told_by_its_notification_command():
    live(True, False)


main(told_by_its_notification_command)
