#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A process is stopped for a minute and goes on: pagerd itself, its courier, a reader.

A point is one of them, in a house of its own; the seed gives the moment. They wait side by side.
"""
import contextlib
import os
import random
import signal
import socket
import threading
import time

import points

OPTIONS = points.options("stop", 4)

from house import House, wait_for  # noqa: E402  (after the build folder is known)
from sinks import Gateway, link_of  # noqa: E402

MINUTE = 60
REST = 4  # seconds in which nothing may be paged twice
WATCHDOG_S = 3
ANN, BOB = "+4915550100001", "+4915550100002"
NOTIFY = 'notify: { normal: ( { after = "0s", via = [ "sms" ] } ) }'
STEPS = '( {{ page = "primary", wait = "{}" }}, {{ page = "secondary", wait = "1h" }} )'
SLOW_EVENTS = 200  # each is walked through since 1970: some tenths of a second for the reader


class Manager:
    """What a service manager would hear."""

    def __init__(self, path):
        self.said = []
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        with contextlib.suppress(OSError):
            while True:
                self.said.append((time.monotonic(), self.socket.recv(4096).decode()))

    def pings(self, since):
        return [at for at, text in self.said if "WATCHDOG=1" in text and at >= since]


def send_and_wait(pager, key, name, answers):
    """A sender that is patient: it keeps what it was answered."""
    try:
        status = pager.alert(key, dedup_key=name, summary=f"host: {name}", timeout=3 * MINUTE)[0]
    except OSError:
        status = 0
    answers.append((time.monotonic(), status))


class Patient(House):
    def alert(self, key, summary="db1: disk full", timeout=30, **fields):
        return self.request("POST", "/v1/alerts", {"summary": summary, "severity": "critical",
                                                   **fields},
                            {"Authorization": f"Bearer {key}"}, timeout=timeout)


def stopped_pagerd(chance):
    """No sender is told a lie; what fell due comes once and says that it is late."""
    gateway = Gateway()
    with Patient(channels=gateway.config(), notify=NOTIFY, escalate=STEPS.format("3s")) as pager:
        manager = Manager(pager.path("notify.sock"))
        pager.start(env={"NOTIFY_SOCKET": pager.path("notify.sock"),
                         "WATCHDOG_USEC": str(WATCHDOG_S * 1000000)})
        key = pager.key()
        assert pager.alert(key, dedup_key="before")[0] == 202
        text = gateway.wait(ANN)[0]["text"]
        time.sleep(chance.random() * 2)
        os.kill(pager.process.pid, signal.SIGSTOP)
        stopped = time.monotonic()
        answers = []
        sender = threading.Thread(target=send_and_wait, args=(pager, key, "during", answers))
        sender.start()
        with contextlib.suppress(OSError):
            status = pager.alert(key, dedup_key="hasty", timeout=5)[0]
            raise AssertionError(f"a stopped pagerd answered {status}")
        time.sleep(stopped + MINUTE - time.monotonic())
        assert not answers, f"a stopped pagerd answered {answers}"
        assert not gateway.taken(BOB), gateway.taken(BOB)
        heard = manager.pings(stopped + 1)
        continued = time.monotonic()
        os.kill(pager.process.pid, signal.SIGCONT)
        late = gateway.wait(BOB)[0]["text"]
        assert "LATE" in late, late
        sender.join()
        assert answers[0][1] == 202, answers
        assert pager.alert(key, dedup_key="hasty", summary="host: hasty")[0] == 202
        wait_for("what was accepted", lambda: {"during", "hasty"} <= {
            incident["dedup_key"] for incident in pager.incidents()})
        pager.request("POST", link_of(text), "do=ack", points.FORM)
        wait_for("pages for the two new ones", lambda: len(gateway.taken(ANN)) >= 3)
        assert pager.show(1)["state"] == "acknowledged"
        events = [entry["event"] for entry in pager.show(1)["timeline"]]
        assert events.count("escalated") == 1, events
        alarms = [page for page in pager.pages(1) if page["kind"] in ("alert", "escalated")]
        assert [page["user"] for page in alarms] == ["ann", "bob"], alarms
        if any("READY=1" in said for _, said in manager.said):
            assert not heard, f"{len(heard)} pings while stopped"
            wait_for("pings again", lambda: manager.pings(continued))
            assert manager.pings(0), "no ping before"
    gateway.close()
    return {"watchdog_pings": len(manager.pings(0))}


def stopped_courier(chance, is_under_way=False):
    """It is found dead and replaced; the page goes out by the new one, marked when it may be out."""
    asked = []

    def answer(message):
        asked.append(message)
        return "hang" if is_under_way and len(asked) == 2 else 200

    gateway = Gateway(answer)
    with House(channels=gateway.config(), notify=NOTIFY, escalate=STEPS.format("1h")) as pager:
        pager.start()
        key = pager.key()
        assert pager.alert(key, dedup_key="before")[0] == 202
        link = link_of(gateway.wait(ANN)[0]["text"])
        courier = points.children(pager.process.pid)["pagerd-courier"]
        if is_under_way:
            assert pager.alert(key, dedup_key="under way")[0] == 202
            wait_for("the request to be out", lambda: len(asked) == 2)
        else:
            time.sleep(chance.random() * 6)
        os.kill(courier, signal.SIGSTOP)
        stopped = time.monotonic()
        if not is_under_way:
            assert pager.alert(key, dedup_key="during")[0] == 202
        assert pager.request("POST", link, "do=ack", points.FORM)[0] == 303
        page = gateway.wait(ANN, 2)[1]
        if is_under_way:
            assert "(repeat)" in page["text"], page
            assert pager.pages(2)[-1]["repeat"], pager.pages(2)
        wait_for("the stopped courier to be gone", lambda: not os.path.exists(f"/proc/{courier}"))
        fresh = points.children(pager.process.pid)["pagerd-courier"]
        assert fresh != courier
        time.sleep(max(0, stopped + MINUTE - time.monotonic()))
        with contextlib.suppress(ProcessLookupError):
            os.kill(courier, signal.SIGCONT)
        time.sleep(REST)
        assert len(gateway.taken(ANN)) == 2, gateway.taken(ANN)
        assert points.children(pager.process.pid)["pagerd-courier"] == fresh
    gateway.close()
    return {"courier_replaced_ms_max": int((page["at"] - stopped) * 1000)}


def stopped_under_way(chance):
    return stopped_courier(chance, is_under_way=True)


def slow_calendar(user):
    """Takes a reader long enough that it can be caught at work."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//pagerd//test//EN"]
    for number in range(SLOW_EVENTS):
        lines += ["BEGIN:VEVENT", f"UID:{number}@test", f"SUMMARY:{user}",
                  "DTSTART:19700101T000000Z", "DTEND:19700102T000000Z", "RRULE:FREQ=DAILY",
                  "END:VEVENT"]
    return "\n".join(lines + ["END:VCALENDAR", ""])


def reader_of(pager):
    for pid in points.children(pager.process.pid).values():
        with contextlib.suppress(OSError), open(f"/proc/{pid}/cmdline", "rb") as file:
            if b"--reader" in file.read():
                return pid
    return None


def catch_reader(pager):
    """Stops the next reader; it lives for a moment only."""
    end = time.monotonic() + 2 * MINUTE
    while time.monotonic() < end:
        pid = reader_of(pager)
        if pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
                return pid
        time.sleep(0.002)
    raise AssertionError("no reader was seen")


def on_call(pager):
    return {row["role"]: row["user"] for row in pager.ask("oncall")["oncall"]}


def stopped_reader(chance):
    """Paging and other calendars go on; it is killed after its time, and its calendar is read anew."""
    gateway = Gateway()
    with House(channels=gateway.config(), notify=NOTIFY, escalate=STEPS.format("1h")) as pager:
        pager.start()
        key = pager.key()
        wait_for("the rota", lambda: on_call(pager).get("primary") == "ann")
        time.sleep(chance.random())
        pager.write("primary.ics", slow_calendar("cat"))
        reader = catch_reader(pager)
        stopped = time.monotonic()
        assert pager.alert(key, dedup_key="during")[0] == 202
        gateway.wait(ANN)
        pager.write_calendar("secondary", "dan")
        wait_for("the other calendar", lambda: on_call(pager).get("secondary") == "dan")
        assert on_call(pager)["primary"] == "ann", "the last good copy"
        wait_for("the stopped reader to be gone", lambda: not os.path.exists(f"/proc/{reader}"))
        gone_ms = int((time.monotonic() - stopped) * 1000)
        wait_for("another reader's work", lambda: on_call(pager).get("primary") == "cat")
        assert len([m for m in gateway.taken(ANN) if "#1" in m["text"]]) == 1, gateway.taken(ANN)
    gateway.close()
    return {"reader_killed_ms_max": gone_ms}


KINDS = [stopped_pagerd, stopped_courier, stopped_under_way, stopped_reader]


def point(number):
    kind = KINDS[number % len(KINDS)]
    return {kind.__name__: 1, **kind(random.Random(f"{OPTIONS.seed} {number}"))}


if __name__ == "__main__":
    points.run(OPTIONS, point, 4 * len(KINDS))
