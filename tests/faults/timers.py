#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The node on duty is lost while a thousand escalations a second are due: who goes on has them all, soon.

A point is a loss: it is killed, its cable is pulled, or it is frozen (timers_point.py); with
PAGERD_TESTS_LONG each of them, else the first.
"""
import os

import apart
import points

if __name__ == "__main__":
    apart.run(points.options("timers", 3 if os.environ.get("PAGERD_TESTS_LONG") else 1), "timers_point.py")
