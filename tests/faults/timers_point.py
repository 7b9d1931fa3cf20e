#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""One point of timers.py, in namespaces of its own; its last line is what came of it, as JSON."""
import contextlib
import json
import os
import threading
import time

import apart_point

OPTIONS = apart_point.options()

from clock_shim import Clock  # noqa: E402  (after the build folder is known)
from cluster_base import Pair  # noqa: E402
from cluster_judge import Broken, Judge, Window  # noqa: E402
from cluster_net import HUB, Network  # noqa: E402
from cluster_room import ESCALATE_S, Node, machines_make  # noqa: E402
from cluster_traffic import LINK, WORD, Alert, Text  # noqa: E402
from fast_gateway import FastGateway  # noqa: E402
from house import wait_for  # noqa: E402

RATE = 1000     # alerts a second, and so escalations, later
SEND_S = 3
AT_ONCE = 50    # alerts in a request
TEAM_COUNT = 500
STRIKE_S = 1    # after the first escalation was due
TARGET_MS = 3000
SLACK = 3       # so many times the target, and what this machine needs for the calm part


class Senders:
    """What was said to the nodes, and what their provider heard; as Traffic of cluster_traffic.py."""

    def __init__(self, nodes, gateway):
        self.nodes, self.gateway = nodes, gateway
        self.alerts, self.texts, self.troubles, self.unknown_keys, self.unknown = {}, [], [], [], []
        self.seen = 0

    def send_all(self, node, key):
        """At an even rate; a request that is behind leaves at once."""
        began, threads = time.monotonic(), []
        for first in range(0, RATE * SEND_S, AT_ONCE):
            time.sleep(max(0, began + first / RATE - time.monotonic()))
            threads.append(threading.Thread(target=self.send, args=(node, key, first)))
            threads[-1].start()
        for thread in threads:
            thread.join()

    def send(self, node, key, first):
        alerts = [Alert(f"r{number}", number) for number in range(first, first + AT_ONCE)]
        body = [{"summary": f"host: {alert.name}", "dedup_key": alert.name, "service": alert.name,
                 "severity": "critical", "labels": {"team": f"t{number % TEAM_COUNT}"}}
                for number, alert in enumerate(alerts, first)]
        status, text = node.request("POST", "/v1/alerts", body, {"Authorization": f"Bearer {key}"}, 30)
        if status != 202:
            self.troubles.append(f"{alerts[0].name} and more were answered with {status}: {text[:200]}")
            return
        for alert in alerts:
            alert.accepted_at, alert.accepted_by = time.monotonic(), node.name
            self.alerts[alert.name] = alert

    def hear(self):
        for message in self.gateway.taken()[self.seen:]:
            self.seen += 1
            words, link = WORD.search(message["text"]), LINK.search(message["text"])
            if words and link:
                self.texts.append(Text(message, int(words[1]), words[2], link[0]))

    def escalated(self):
        """{alert: when its second person was paged first}"""
        self.hear()
        first = {}
        for text in self.texts:
            if "+49155502" in text.to:
                first.setdefault(text.name, text.at)
        return first


class Point:
    def __init__(self, made):
        self.folder = made.folder
        self.blow = BLOWS[made.point % len(BLOWS)]
        self.network = Network()
        places, bases = machines_make(self.network, 2, False)
        self.gateway = FastGateway(HUB, made.folder)
        self.pair = Pair(self.network, bases, made.template, made.folder)
        peers = [address for _, address in places.values()]
        self.nodes = [Node(self.network, machine, address, name, self.pair.dsn, self.gateway, peers,
                           Clock(os.path.join(made.folder, f"clock-{name}"), made.build), made.folder, TEAM_COUNT)
                      for name, (machine, address) in places.items()]
        self.senders = Senders(self.nodes, self.gateway)

    def start(self):
        first, second = self.nodes
        self.pair.start()
        first.start()
        wait_for("the first to be on duty", lambda: first.knows() == "a")
        second.start()
        wait_for("the second to be ready", second.is_ready)
        status, text = wait_for("a key", lambda: (lambda got: got if got[0] == 200 else None)(
            first.here("POST", "/v1/keys", {"name": "monitoring"})))
        self.key = json.loads(text)["key"]

    def run(self):
        first, second = self.nodes
        began = time.monotonic()
        self.senders.send_all(first, self.key)
        time.sleep(max(0, began + ESCALATE_S + STRIKE_S - time.monotonic()))
        self.window = Window(self.blow.__name__, "node", time.monotonic())
        self.window.cuts = self.blow is not kill
        heal = self.blow(self, first)
        wait_for("the second to be on duty", lambda: second.knows() == "b")
        self.taken_over_at = time.monotonic()
        with contextlib.suppress(AssertionError):  # the judge says who is missed
            wait_for("all to be escalated", lambda: len(self.senders.escalated()) >= len(self.senders.alerts))
        heal()
        wait_for("the first to be well", lambda: first.is_ready() and first.knows() == second.knows() == "b")
        self.window.ended = time.monotonic()
        self.senders.hear()

    def judge(self):
        judge = Judge(self.senders, [self.window], self.pair.primary, True)
        escalated = self.senders.escalated()
        judge.expect(len(self.senders.alerts) == RATE * SEND_S, f"{len(self.senders.alerts)} were accepted")
        late = {name: int((at - self.senders.alerts[name].accepted_at - ESCALATE_S) * 1000)
                for name, at in escalated.items()}
        for name in self.senders.alerts.keys() - late.keys():
            judge.expect(False, f"{name} was never escalated")
        calm = [late[name] for name, at in escalated.items() if at < self.window.began]
        after = sorted(late[name] for name, at in escalated.items() if at >= self.window.began)
        judge.expect(calm and after, f"it struck too {'late' if calm else 'early'}")
        for part in (judge.nothing_is_lost, judge.everybody_was_paged, judge.repeats_have_a_reason):
            part()
        worst, bound = max(after, default=0), SLACK * (TARGET_MS + max([0, *calm]))
        judge.expect(worst <= bound, f"a page was {worst} ms late; on this machine {bound} ms are allowed")
        self.words = (
            f"{self.blow.__name__} at {RATE} escalations a second: the other is on duty after "
            f"{self.taken_over_at - self.window.began:.2f} s; {len(after)} pages were due then or later: late "
            f"p50 {after[len(after) // 2] if after else 0} ms, max {worst} ms (target {TARGET_MS} ms); before "
            f"{len(calm)} pages, late max {max([0, *calm])} ms; paged twice {judge.figures['pages_doubled']}")
        judge.figures.update({"late_ms_max": worst, "late_before_ms_max": max([0, *calm]),
                              f"loss_{self.blow.__name__}": 1})
        self.figures = dict(judge.figures)
        if judge.problems:
            raise Broken("; ".join(judge.problems[:8]))

    def close(self):
        for node in self.nodes:
            if node.is_running():
                node.kill()
        self.pair.close()
        self.gateway.close()


def kill(_, node):
    node.kill()
    return node.start


def pull(point, node):
    node.lost_at.append(time.monotonic())
    point.network.pull(node.machine)
    return lambda: point.network.plug(node.machine)


def freeze(_, node):
    node.freeze()
    return node.thaw


BLOWS = (kill, pull, freeze)


if __name__ == "__main__":
    apart_point.main(Point, OPTIONS)
