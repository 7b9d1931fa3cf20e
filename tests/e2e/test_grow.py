# SPDX-License-Identifier: MIT
"""From one machine with SQLite to three nodes on one PostgreSQL, as docs/operations/several-machines.md
says, with traffic all the time: nothing that was accepted is lost on the way."""
import contextlib
import itertools
import os
import threading
import time

from house import PAGERD, House, free_port, main, wait_for
from postgres import Postgres
from sinks import Gateway
from test_nodes import SECRET, nothing_is_lost, on_duty, there

ANN = "+4915550100001"
STEPS = '( { page = "primary", wait = "1h" } )'


class Sender:
    """As monitoring does: says each alert until somebody has accepted it."""

    def __init__(self, key):
        self.key = key
        self.targets = []
        self.accepted = []
        self.is_over = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def say(self, name, house):
        with contextlib.suppress(OSError):
            return house.request("POST", "/v1/alerts", {
                "summary": name, "dedup_key": name, "service": name, "severity": "info"},
                {"Authorization": f"Bearer {self.key}"})[0]
        return 0

    def run(self):
        for number in itertools.count():
            name = f"job {number}"
            while not self.is_over:
                targets = self.targets
                if targets and 200 <= self.say(name, targets[number % len(targets)]) < 300:
                    self.accepted.append(name)
                    break
                number += 1
                time.sleep(0.05)
            if self.is_over:
                return
            time.sleep(0.02)

    def goes_on(self, count=20):
        enough = len(self.accepted) + count
        wait_for("traffic to be accepted", lambda: len(self.accepted) >= enough)

    def end(self):
        self.is_over = True
        self.thread.join(60)
        return self.accepted


def join(house, base, name, ports):
    """What the page says to put into the configuration of a node."""
    with open(house.config, encoding="utf-8") as file:
        text = file.read()
    others = ", ".join(f'"127.0.0.1:{port}"' for port in ports.values())
    house.write("pagerd.cfg", text + f'store = "postgres:{base.dsn}"\n'
                f'node: {{ name = "{name}"; secret = "{SECRET}"; '
                f'listen = "127.0.0.1:{ports[name]}"; peers = [ {others} ] }}\n')


def test_from_one_machine_to_three():
    with Postgres() as base, contextlib.ExitStack() as stack:
        gateway = Gateway()
        stack.callback(gateway.close)
        ports = {name: free_port() for name in "abc"}
        houses = {name: stack.enter_context(House(channels=gateway.config(), escalate=STEPS))
                  for name in "abc"}
        first = houses["a"].start()
        key = first.key()
        assert first.alert(key, "db1: disk full", service="disk", dedup_key="disk")[0] == 202
        gateway.wait(ANN, 1)
        assert first.pagectl("ack", "1").returncode == 0
        sender = Sender(key)
        sender.targets = [first]
        sender.goes_on()
        # One: everything moves into the database, while nothing runs.
        first.stop()
        path = f"{os.path.dirname(PAGERD)}:{os.environ['PATH']}"
        moved = first.pagectl("store", "copy", f"sqlite:{first.state}", f"postgres:{base.dsn}",
                              env={"PATH": path})
        assert moved.returncode == 0, moved.stderr
        join(first, base, "a", ports)
        first.start()
        wait_for("it to be on duty", lambda: on_duty(first) == "a")
        sender.goes_on()
        # Two and three: a node each, and monitoring is told of it.
        for name in "bc":
            join(houses[name], base, name, ports)
            houses[name].start()
            wait_for("it to be there", lambda: name in there(first))
            wait_for("it to know the key", lambda: sender.say("hello " + name, houses[name]) == 202)
            sender.targets = [*sender.targets, houses[name]]
            sender.goes_on()
        # The first machine is lost.
        first.kill()
        wait_for("another one to be on duty", lambda: on_duty(houses["b"]) in ("b", "c"))
        sender.goes_on()
        nothing_is_lost(houses["c"], sender.end())
        shown = houses["b"].show(1)
        assert shown["acknowledged_by"] == "ann" and shown["dedup_key"] == "disk"


if __name__ == "__main__":
    main(test_from_one_machine_to_three)
