# SPDX-License-Identifier: MIT
"""What was due while pagerd was down is done late and says so; a disk that fails is told."""
import contextlib
import json
import os
import re
import signal
import sqlite3
import time

from house import BUILD, House, main, need, wait_for
from sinks import Gateway

SLOW_DISK = os.path.join(BUILD, "tests/faults/libslow_disk_shim.so")
BACKLOG = 3100  # a turn fires a thousand, and so does the ack between
CALM = 'notify: { normal: ( { after = "0s", via = [ "sms" ] } ) }'


def what_fell_due_during_an_outage_is_done_once_and_marked_late():
    gateway = Gateway()
    with House(channels=gateway.config(), notify=CALM, escalate=(
            '( { page = "primary", wait = "3s" }, { page = "secondary", wait = "1h" } )')) as pager:
        pager.start()
        pager.alert(pager.key(), dedup_key="a")
        gateway.wait("+4915550100001")
        wait_for("its outcome", lambda: pager.pages(1)[0]["state"] == "sent")  # else it is repeated
        pager.kill()
        killed = time.monotonic()
        wait_for("the step to be overdue by far", lambda: time.monotonic() > killed + 14)
        pager.start()
        late = gateway.wait("+4915550100002")[0]["text"]
        assert "LATE" in late and "Passed to you" in late, late
        entries = pager.show(1)["timeline"]
        assert [e["event"] for e in entries].count("escalated") == 1, entries
        assert any("late" in e["text"] for e in entries), entries
        assert len(gateway.taken()) == 2, gateway.taken()
    gateway.close()


def courier_pids(pager):
    return [int(pid) for pid in re.findall(r"courier started pid=(\d+)", pager.log())]


def a_page_decided_while_the_courier_starts_again_goes_to_the_next_one():
    gateway = Gateway()
    with House(channels=gateway.config(), notify=CALM) as pager:
        pager.start()
        key = pager.key()
        for count in (1, 2):  # the second one dies young, so that its successor has to wait
            pids = wait_for("a courier", lambda: len(courier_pids(pager)) >= count
                            and courier_pids(pager))
            os.kill(pids[-1], signal.SIGKILL)
        wait_for("the loss", lambda: pager.log().count("courier lost") >= 2)
        assert pager.alert(key, dedup_key="a")[0] == 202
        gateway.wait("+4915550100001")
        entries = pager.show(1)["timeline"]
        assert not any(entry["event"] == "page-retry" for entry in entries), entries
    gateway.close()


def a_failing_disk_refuses_pages_from_memory_tells_the_admins_and_ends():
    need("strace")
    gateway = Gateway()
    with House(channels=gateway.config(), notify=CALM) as pager:
        pager.start()
        pager.stop()
        try:
            pager.start(wrap=("strace", "-f", "-qq", "-o", pager.path("trace"), "-e",
                              "trace=fdatasync", "-e", "inject=fdatasync:error=EIO:when=12+"))
        except AssertionError:
            if "ptrace" in pager.log():
                print("SKIPPED: a_failing_disk: strace may not trace here")
                return
            raise
        key = pager.key()
        accepted = []
        for i in range(100):
            try:
                if pager.alert(key, dedup_key=f"k{i}", summary=f"host: p{i}")[0] == 202:
                    accepted.append(i)
                else:
                    break
            except OSError:
                break
        wait_for("the end", lambda: not pager.process.is_alive())
        assert pager.process.child.returncode == 1
        def has_come(words):
            return any(words in m["text"] for m in gateway.taken("+4915550100001"))
        wait_for("the emergency", lambda: has_come("cannot write to its disk"))
        pager.start()
        wait_for("every page", lambda: all(has_come(f"host: p{i}.") for i in accepted))
        known = {i["dedup_key"] for i in pager.incidents("--all")}
        assert {f"k{i}" for i in accepted} <= known, "accepted means on disk"
    gateway.close()


def what_waits_for_more_goes_out_before_an_orderly_end():
    gateway = Gateway()
    with House(channels=gateway.config(), notify=CALM, group='group: { wait = "1h", by = "host" }').start() as pager:
        assert pager.alert(pager.key(), summary="host: late.", labels={"host": "h1"})[0] == 202
        assert not gateway.taken("+4915550100001")
        pager.process.child.terminate()  # stop() kills the courier, too, which outlives it until it has sent
        wait_for("the page", lambda: any("late" in message["text"]
                                         for message in gateway.taken("+4915550100001")))
    gateway.close()


def rows(pager, statement):
    with contextlib.closing(sqlite3.connect(os.path.join(pager.state, "pagerd.db"))) as database:
        found = database.execute(statement).fetchall()
        database.commit()
    return found


def has_acked(pager, number, token):
    try:
        return pager.request("POST", f"/v1/incidents/{number}/ack", {}, {"Authorization": f"Bearer {token}"})[0] == 200
    except OSError:
        return False  # it is still being started


def a_backlog_of_steps_on_a_disk_that_hangs_is_done_once_and_people_are_answered_meanwhile():
    if not os.path.exists(SLOW_DISK):
        print("SKIPPED: a_backlog: there is no slow disk in a build with sanitizers")
        return
    with House(escalate='( { page = "primary", wait = "1h" }, { page = "secondary", wait = "1h" } )',
               notify='notify: { normal: ( { after = "1h", via = [ "inbox" ] } ) }',  # no outcome wakes it
               config='integrations: { test = { rate = 100000, burst = 100000, open = 100000 } }') as pager:
        pager.start()
        key, token = pager.key(), pager.token("ann")
        for first in range(0, BACKLOG, 100):
            alerts = [{"summary": "disk full", "dedup_key": f"k{i}", "service": f"s{i % 5}"}
                      for i in range(first, first + 100)]
            assert pager.request("POST", "/v1/alerts", alerts, {"Authorization": f"Bearer {key}"})[0] == 202
        pager.stop()
        assert rows(pager, "SELECT count(*) FROM incident") == [(BACKLOG,)]
        rows(pager, "UPDATE incident SET walk_due_at = number, walk_step = 0, walk_round = 1")
        pager.start(env={"LD_PRELOAD": SLOW_DISK, "SLOW_DISK_MS": "300"}, wait=False)
        wait_for("the ack to be taken", lambda: has_acked(pager, BACKLOG, token))
        done = "SELECT count(*) FROM entry WHERE event = 'escalated' GROUP BY incident"
        before = len(rows(pager, done))
        wait_for("all steps but the acked one's", lambda: len(rows(pager, done)) >= BACKLOG - 1)
        assert {count for count, in rows(pager, done)} == {1}
        assert pager.show(BACKLOG)["acknowledged_by"] == "ann"
        print(f"{before} of {BACKLOG} steps were done when the ack was answered")


main(a_page_decided_while_the_courier_starts_again_goes_to_the_next_one,
     what_fell_due_during_an_outage_is_done_once_and_marked_late,
     a_failing_disk_refuses_pages_from_memory_tells_the_admins_and_ends,
     what_waits_for_more_goes_out_before_an_orderly_end,
     a_backlog_of_steps_on_a_disk_that_hangs_is_done_once_and_people_are_answered_meanwhile)
