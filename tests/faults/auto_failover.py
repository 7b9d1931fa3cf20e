#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""pg_auto_failover, as Debian has it: the primary's machine is unplugged, and plugged in again, with traffic.

Only with PAGERD_TESTS_LONG: a point takes about a minute (auto_failover_point.py).
"""
import os
import shutil

import apart
import part
import points

EXTENSION = "/usr/lib/postgresql/15/lib/pgautofailover.so"

if __name__ == "__main__":
    OPTIONS = points.options("auto_failover", 1)
    if not os.environ.get("PAGERD_TESTS_LONG"):
        part.skip("a failover by pg_auto_failover takes a minute: PAGERD_TESTS_LONG does it")
    if not shutil.which("pg_autoctl") or not os.path.exists(EXTENSION):
        part.skip("pg_auto_failover is not installed: pg-auto-failover-cli, postgresql-15-auto-failover")
    apart.run(OPTIONS, "auto_failover_point.py")
