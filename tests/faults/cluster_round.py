#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""One round of cluster.py, in namespaces of its own; its last line is what came of it, as JSON."""
import argparse
import contextlib
import json
import os
import random
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../e2e"))


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True)
    parser.add_argument("--round", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--template", required=True)
    parser.add_argument("--folder", required=True)
    made = parser.parse_args()
    os.environ["PAGERD_BUILD"] = made.build
    return made


OPTIONS = options()

from clock_shim import Clock  # noqa: E402  (after the build folder is known)
from cluster_base import Pair  # noqa: E402
from cluster_faults import FAULTS  # noqa: E402
from cluster_judge import Broken, Judge, Window  # noqa: E402
from cluster_net import HUB, Network  # noqa: E402
from cluster_room import Node, machines_make  # noqa: E402
from cluster_traffic import Traffic  # noqa: E402
from house import wait_for  # noqa: E402
from mirrored import is_equal  # noqa: E402
from sinks import Gateway  # noqa: E402

ORDINARY = 17  # points of the ordinary run and some more; beyond them faults last longer
LONGEST = 99  # of a hundred: its database is away for ten minutes
CALM_S = 2
CUTS = ("pull", "cut", "freeze_")  # in names of faults: one is cut off from others, or frozen


class Round:
    def __init__(self, made):
        self.number, self.folder = made.round, made.folder
        self.dice = random.Random(f"cluster:{made.seed}:{made.round}")
        self.is_long = made.round >= ORDINARY
        self.is_longest = made.round % 100 == LONGEST
        self.began = time.monotonic()
        self.windows = []
        self.network = Network()
        nodes, bases = machines_make(self.network, self.dice.choice((2, 3)), self.dice.random() < 0.5)
        self.gateway = Gateway(host=HUB)
        self.pair = Pair(self.network, bases, made.template, made.folder)
        self.nodes = []
        peers = [address for _, address in nodes.values()] if self.dice.random() < 0.75 else []
        self.has_peers = bool(peers)
        for name, (machine, address) in nodes.items():
            clock = Clock(os.path.join(made.folder, f"clock-{name}"), made.build)
            clock.set(self.dice.choice((-60, 0, 60)))
            self.nodes.append(Node(self.network, machine, address, name, self.pair.dsn, self.gateway, peers,
                                   clock, made.folder))
        self.say(f"{len(nodes)} nodes on {sorted(self.network.addresses)}, databases on "
                 f"{[machine for machine, _ in bases]}, {'with' if peers else 'without'} peers, clocks {[node.clock.shift.value for node in self.nodes]}")

    def say(self, words):
        with open(os.path.join(self.folder, "round.log"), "a") as file:
            file.write(f"{time.strftime('%H:%M:%S')} {time.monotonic() - self.began:7.2f} {words}\n")

    # --- who is who ---

    def on_duty(self):
        """The node that all who can be asked agree on."""
        def found():
            known = {node.knows() for node in self.nodes if node.is_running() and not node.is_frozen} - {None}
            return next((node for node in self.nodes if {node.name} == known), None)
        return wait_for("one node to be on duty", found)

    def standing(self):
        duty = self.on_duty()
        return self.dice.choice([node for node in self.nodes if node is not duty])

    def is_well(self):
        """All can be asked, and all agree on who is on duty. `ill`: why not."""
        for node in self.nodes:
            status, text = node.here("GET", "/readyz")
            if status != 200:
                self.ill = f"{node.name} is not ready: {status} {text.strip()}"
                return False
        known = {node.name: node.knows() for node in self.nodes}
        self.ill = f"who is on duty, as each sees it: {known}"
        return len(set(known.values())) == 1 and None not in known.values()

    def wait_well(self, when):
        try:
            wait_for(f"all to be well {when}", self.is_well)
        except AssertionError as error:
            raise Broken(f"{error}: {self.ill}") from None

    # --- its course ---

    def start(self):
        self.pair.start()
        for node in self.nodes:
            node.start()
        self.wait_well("at first")
        node = self.nodes[-1]
        status, text = wait_for("a key", lambda: (lambda got: got if got[0] == 200 else None)(
            node.here("POST", "/v1/keys", {"name": "monitoring"})))
        self.traffic = Traffic(self.nodes, self.gateway, json.loads(text)["key"], self.dice.random())
        wait_for("the key to be known", lambda: all(one.request(
            "POST", "/v1/alerts", {"summary": "it begins", "dedup_key": "begin"},
            {"Authorization": f"Bearer {self.traffic.key}"})[0] == 202 for one in self.nodes))
        self.traffic.start()
        self.say("traffic")

    def chosen(self):
        """Two faults: rounds begin with one after the other, and go on by chance."""
        first = FAULTS[self.number % len(FAULTS)]
        if self.is_longest:
            first = next(fault for fault in FAULTS if fault[0].__name__ == "base_restarts")
        yield first
        others = [fault for fault in FAULTS if not (fault[2] and self.pair.has_failed_over)]
        yield self.dice.choice(others)

    def strike(self):
        for fault, kind, _ in self.chosen():
            time.sleep(CALM_S)
            window = Window(fault.__name__, kind, time.monotonic())
            window.cuts = any(word in window.name for word in CUTS)
            self.windows.append(window)
            self.say(f"{fault.__name__} strikes, on duty {self.on_duty().name}, "
                     f"primary {self.pair.primary.machine}")
            fault(self)
            self.say(f"{fault.__name__} is over")
            self.wait_well(f"after {fault.__name__}")
            window.ended = time.monotonic()
            self.say(f"all is well, on duty {self.on_duty().name}")
        time.sleep(CALM_S)

    def settle(self):
        traffic = self.traffic
        traffic.is_sending = False
        wait_for("all alerts to be taken", lambda: not traffic.waiting())
        wait_for("all acks to be taken", lambda: not traffic.acks_open())
        self.wait_paged("a page for each incident", traffic.unpaged)
        self.wait_paged("the next step of what nobody acks", traffic.alone)
        wait_for("the last acks", lambda: not traffic.acks_open())
        traffic.end()

    def wait_paged(self, what, left):
        try:
            wait_for(what, lambda: not left())
        except AssertionError:
            self.traffic.troubles.append(f"{what}: {[alert.name for alert in left()]} are left")

    def has_mirror(self, node):
        """All that was committed is on its disk, soon and without doubles."""
        try:
            wait_for("the mirror", lambda: is_equal(self.pair.primary, node))
            return True
        except AssertionError:
            return False

    def judge(self):
        judge = Judge(self.traffic, self.windows, self.pair.primary, self.has_peers)
        duty = self.on_duty()
        for name in ("pagerd_ledger_imbalance", "pagerd_checks_failed_total"):
            judge.expect(duty.metric(name) == 0, f"{name} of {duty.name} is {duty.metric(name)}")
        host = json.loads(duty.here("GET", "/v1/cluster")[1])["database"]["host"]
        judge.expect(host == self.pair.primary.address, f"{duty.name} believes {host}, the primary is "
                     f"{self.pair.primary.address}")
        for node in self.nodes:
            judge.expect("invariant" not in node.log(), f"{node.name} says that an invariant is broken")
            judge.expect(self.has_mirror(node), f"the mirror of {node.name} is not what the database is: "
                         f"{node.here('GET', '/v1/cluster')[1]}")
        judge.figures.update({f"fault_{window.name}": 1 for window in self.windows})
        try:
            judge.judge()
        finally:
            self.told = {"figures": dict(judge.figures), "samples": judge.samples}

    def write_down(self):
        """For whoever looks into a failure."""
        traffic = getattr(self, "traffic", None)
        if not traffic:
            return
        with open(os.path.join(self.folder, "traffic.log"), "w") as file:
            for alert in traffic.alerts.values():
                times = [f"{at - self.began:.2f}" if at else "-" for at in
                         (alert.first_at, alert.accepted_at, alert.ack_asked_at, alert.acked_at)]
                file.write(f"{alert.name} #{alert.incident} t{alert.team} first {times[0]} accepted {times[1]} by "
                           f"{alert.accepted_by} refused {alert.refused} ack asked {times[2]} acked {times[3]}\n")
            for text in traffic.texts:
                file.write(f"{text.at - self.began:.2f} {text.to} {text.sender} {text.text!r}\n")

    def close(self):
        if hasattr(self, "traffic"):
            self.traffic.is_over = True
        for node in self.nodes:
            if node.is_running():
                node.kill()
        self.pair.close()


def main():
    told = {"figures": {}, "samples": []}
    with contextlib.ExitStack() as stack:
        problem = None
        try:
            round_ = Round(OPTIONS)
            stack.callback(round_.close)
            stack.callback(round_.write_down)
            round_.start()
            round_.strike()
            round_.settle()
            round_.judge()
        except Broken as error:
            problem = str(error)
        except Exception as error:  # whatever it is: this round has failed, the others go on
            traceback.print_exc()
            problem = f"{type(error).__name__}: {error}"
        told = getattr(locals().get("round_"), "told", told)
        told["problem"] = problem
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
