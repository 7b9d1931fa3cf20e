# SPDX-License-Identifier: MIT
"""Each node keeps the whole database on its own disk, and says how far it is."""
import contextlib
import os

from house import main, need, wait_for
from mirrored import is_equal, mirrored
from postgres import Postgres
from sinks import Gateway
from test_nodes import accepted_traffic, cluster, node, on_duty, several


def test_all_mirrors_are_the_database():
    with several("a", "b") as (base, gateway, (first, second)):
        key = first.key()
        wait_for("the key", lambda: second.alert(key, "before", service="s0")[0] == 202)
        for house in (first, second):
            wait_for("a mirror", lambda: cluster(house)["mirror"]["is_whole"])
        end = accepted_traffic([first, second], key)
        first.alert(key, "db1: disk full", service="s1", dedup_key="disk")
        gateway.wait("+4915550100001", 1)
        first.kill()
        wait_for("the second to be on duty", lambda: on_duty(second) == "b")
        first.start()
        wait_for("the first to stand by", lambda: on_duty(first) == "b")
        assert len(end()) > 3
        for house in (first, second):
            wait_for("the mirror to be the database", lambda: is_equal(base, house))
            shown = cluster(house)["mirror"]
            assert shown["problem"] == "" and 0 <= shown["behind_ms"] < 60000, shown
            assert "mirror on this node has all" in house.pagectl("cluster").stdout
            assert "\npagerd_mirror_behind_ms " in house.get("/metrics")[1]
            assert os.stat(os.path.join(house.state, "mirror")).st_mode & 0o777 == 0o700
        # It is in nobody's way.
        assert second.pagectl("backup", second.path("saved")).returncode == 0
        assert second.pagectl("backup", "--verify", second.path("saved")).returncode == 0
        rows = int(base.sql("select count(*) from incident"))
        assert rows > 3 and len(mirrored(first)["incident"][1]) == rows
        # With the database gone, each has what there was, and says since when.
        base.kill()
        assert len(mirrored(second)["incident"][1]) == rows
        wait_for("the trouble to be told", lambda: cluster(second)["mirror"]["problem"] != "")
        assert cluster(second)["mirror"]["is_whole"]
        base.start()
        wait_for("it to follow again", lambda: cluster(second)["mirror"]["problem"] == "")
        for house in (first, second):
            wait_for("the mirror to be the database", lambda: is_equal(base, house))


def test_a_full_disk_is_told_and_waited_for():
    """What pagerd writes by pwrite(2) is its mirror; strace counts for each thread."""
    need("strace")
    with Postgres() as base, contextlib.closing(Gateway()) as gateway, \
            node("a", base, gateway) as house:
        try:
            house.start(wrap=("strace", "-f", "-qq", "-o", house.path("trace"), "-e",
                              "trace=pwrite64", "-e",
                              "inject=pwrite64:error=ENOSPC:when=120..124"))
        except AssertionError:
            if "ptrace" in house.log():
                print("SKIPPED: a_full_disk: strace may not trace here")
                return
            raise
        wait_for("it to be on duty", lambda: on_duty(house) == "a")
        key = house.key()
        seen = set()

        def has_told():
            seen.add(cluster(house)["mirror"]["problem"])
            house.alert(key, "db1: disk full", service="s1", dedup_key="disk")
            return any("no room" in problem for problem in seen)
        wait_for("the trouble to be told", has_told)
        wait_for("room", lambda: cluster(house)["mirror"]["problem"] == "")
        wait_for("the mirror to be the database", lambda: is_equal(base, house))
        house.kill()  # strace would be ended instead of pagerd


if __name__ == "__main__":
    main(test_all_mirrors_are_the_database, test_a_full_disk_is_told_and_waited_for)
