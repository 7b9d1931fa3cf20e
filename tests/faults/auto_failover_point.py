#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""One point of auto_failover.py, in namespaces of its own: a monitor and two keepers, two nodes of pagerd."""
import json
import os
import subprocess
import time

import apart_point

OPTIONS = apart_point.options()

from clock_shim import Clock  # noqa: E402  (after the build folder is known)
from cluster_judge import Judge, Window  # noqa: E402
from cluster_net import HUB, NETWORK, Network, run  # noqa: E402
from cluster_room import Node  # noqa: E402
from cluster_traffic import Traffic  # noqa: E402
from house import Process, wait_for  # noqa: E402
from sinks import Gateway  # noqa: E402

BIN = "/usr/lib/postgresql/15/bin"
SOCKETS = "/run/postgresql"
MONITOR_PORT = 5431
PATIENCE_S = 180  # a failover, or the way back
CALM_S = 3
APART_S = 3  # with the old primary unplugged, after the other one is it

# docs/operations/several-machines.md, set-up B, 5.
WATCHFUL = """
pgautofailover.health_check_period = 1000
pgautofailover.health_check_timeout = 1000
pgautofailover.health_check_max_retries = 1
pgautofailover.node_considered_unhealthy_timeout = 3000
pgautofailover.primary_demote_timeout = 5000
"""


class Keeper:
    """A server under pg_autoctl, on a machine of its own: the monitor, or one of the two."""

    def __init__(self, network, machine, address, port, folder):
        self.machine, self.address, self.port = machine, address, port
        self.dir = os.path.join(folder, machine)
        self.data = os.path.join(self.dir, "data")
        self.process = None
        os.mkdir(self.dir)
        subprocess.run(["chown", "postgres:postgres", self.dir], check=True)
        network.add(machine, address)
        self.env = {"PATH": f"{BIN}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8", "HOME": self.dir,
                    "XDG_CONFIG_HOME": self.dir, "XDG_DATA_HOME": self.dir, "XDG_RUNTIME_DIR": self.dir}

    def argv(self, *words):
        return [*Network.inside(self.machine), "setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups",
                "pg_autoctl", *words, "--pgdata", self.data]

    def command(self, *words):
        done = subprocess.run(self.argv(*words), env=self.env, cwd=self.dir, capture_output=True, text=True)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    def create(self, kind, *more):
        self.command("create", kind, "--pgport", str(self.port), "--hostname", self.address, "--auth", "trust",
                     "--no-ssl", "--pgctl", f"{BIN}/pg_ctl", *more)

    def append(self, name, text):
        with open(os.path.join(self.data, name), "a") as file:
            file.write(text)

    def start(self):
        self.process = Process(self.argv("run"), os.path.join(self.dir, "log"), env=self.env, cwd=self.dir)

    # --- by the network, as pagerd asks it ---

    def ask(self, text, base="pagerd", user="pagerd"):
        return subprocess.run([f"{BIN}/psql", "-X", "-h", self.address, "-p", str(self.port), "-U", user, "-tAc",
                               text, base], capture_output=True, text=True,
                              env={**os.environ, "PGCONNECT_TIMEOUT": "2"})

    def sql(self, text):
        done = self.ask(text)
        assert done.returncode == 0, (text, done.stderr)
        return done.stdout.strip()

    def is_primary(self):
        return self.ask("select pg_is_in_recovery()").stdout.strip() == "f"

    def close(self):
        if self.process:
            self.process.stop()


class Point:
    def __init__(self, made):
        self.folder, self.network = made.folder, Network()
        run("mount", "-t", "tmpfs", "-o", "mode=1777", "sockets", SOCKETS)
        os.chmod(made.folder, 0o755)
        self.monitor = Keeper(self.network, "mon", "10.77.0.30", MONITOR_PORT, made.folder)
        self.bases = [Keeper(self.network, f"d{i}", f"10.77.0.{20 + i}", 5431 + i, made.folder) for i in (1, 2)]
        self.gateway = Gateway(host=HUB)
        dsn = (f"host={','.join(one.address for one in self.bases)} "
               f"port={','.join(str(one.port) for one in self.bases)} user=pagerd dbname=pagerd")
        places = {"a": ("m1", "10.77.0.11"), "b": ("m2", "10.77.0.12")}
        self.nodes = []
        for name, (machine, address) in places.items():
            self.network.add(machine, address)
            self.nodes.append(Node(self.network, machine, address, name, dsn, self.gateway,
                                   [address for _, address in places.values()],
                                   Clock(os.path.join(made.folder, f"clock-{name}"), made.build), made.folder))
        self.windows = []

    def states(self):
        """[(name, reported, assigned) ...], as the monitor sees it."""
        asked = self.monitor.ask("select nodename || ' ' || reportedstate || ' ' || goalstate from pgautofailover.node "
                                 "order by 1", "pg_auto_failover", "autoctl_node").stdout
        return [tuple(line.split()) for line in asked.split("\n") if line]

    def is_paired(self):
        """A primary and a synchronous standby."""
        return sorted(state[1:] for state in self.states()) == [("primary", "primary"), ("secondary", "secondary")]

    def primary(self):
        found = [one for one in self.bases if one.is_primary()]
        return found[0] if len(found) == 1 else None

    def start(self):
        self.monitor.create("monitor")
        self.monitor.append("postgresql.conf", WATCHFUL)
        self.monitor.append("pg_hba.conf", f"host all all {NETWORK} trust\n")
        self.monitor.start()
        wait_for("the monitor", lambda: self.monitor.ask(
            "select 1", "pg_auto_failover", "autoctl_node").returncode == 0, PATIENCE_S)
        uri = f"postgres://autoctl_node@{self.monitor.address}:{MONITOR_PORT}/pg_auto_failover"
        for one in self.bases:
            one.create("postgres", "--name", one.machine, "--username", "pagerd", "--dbname", "pagerd",
                       "--monitor", uri)
            if one is self.bases[0]:
                one.append("pg_hba.conf", f"host all all {NETWORK} trust\nhost replication all {NETWORK} trust\n")
            one.command("config", "set", "timeout.network_partition_timeout", "4")
            one.start()
            wait_for("it to run", lambda: one.ask("select 1").returncode == 0, PATIENCE_S)
        wait_for("a primary and its standby", self.is_paired, PATIENCE_S)
        for node in self.nodes:
            node.start()
        wait_for("one to be on duty", lambda: self.nodes[0].knows() and
                 all(node.is_ready() for node in self.nodes), PATIENCE_S)
        text = self.nodes[0].here("POST", "/v1/keys", {"name": "monitoring"})[1]
        self.traffic = Traffic(self.nodes, self.gateway, json.loads(text)["key"], 1)
        wait_for("the key", lambda: all(node.request(
            "POST", "/v1/alerts", {"summary": "it begins", "dedup_key": "begin"},
            {"Authorization": f"Bearer {self.traffic.key}"})[0] == 202 for node in self.nodes))

    def run(self):
        self.traffic.start()
        time.sleep(CALM_S)
        old = self.primary()
        new = next(one for one in self.bases if one is not old)
        self.copies = self.nodes[0].metric("pagerd_durable_copies")
        window = Window("unplug_primary", "base", time.monotonic())
        window.gone = window.began
        self.windows.append(window)
        self.network.pull(old.machine)
        wait_for("the other one to be the primary", new.is_primary, PATIENCE_S)
        window.back = time.monotonic()
        time.sleep(APART_S)
        self.network.plug(old.machine)
        plugged = time.monotonic()
        wait_for("the old one to stand by", self.is_paired, PATIENCE_S)
        wait_for("all to be well", lambda: all(node.is_ready() for node in self.nodes) and
                 self.nodes[0].knows() == self.nodes[1].knows() is not None)
        window.ended = time.monotonic()
        self.failed_over_s, self.paired_s = window.back - window.began, window.ended - plugged
        time.sleep(CALM_S)
        self.settle()

    def settle(self):
        traffic = self.traffic
        traffic.is_sending = False
        wait_for("all alerts to be taken", lambda: not traffic.waiting())
        wait_for("a page for each incident", lambda: not traffic.unpaged())
        wait_for("all acks to be taken", lambda: not traffic.acks_open())
        traffic.end()

    def judge(self):
        judge = Judge(self.traffic, self.windows, self.primary(), True)
        judge.expect(len(self.traffic.alerts) > 10, f"{len(self.traffic.alerts)} alerts are no traffic")
        try:
            judge.judge()
        finally:
            lost = len(self.traffic.alerts) - len({row["dedup_key"] for row in judge.rows_of_alerts})
            self.figures = dict(judge.figures)
            self.words = (
                f"pg_auto_failover: unplugged, the other is the primary after {self.failed_over_s:.1f} s; plugged in, "
                f"a pair again after {self.paired_s:.1f} s; {judge.figures['alerts_accepted']} accepted, {lost} of "
                f"them lost; refused once {judge.figures['tries_refused']}; copies before: {self.copies:.0f}")

    def close(self):
        if hasattr(self, "traffic"):
            self.traffic.is_over = True
        for node in self.nodes:
            if node.is_running():
                node.kill()
        for keeper in [*self.bases, self.monitor]:
            keeper.close()
        self.gateway.close()


if __name__ == "__main__":
    apart_point.main(Point, OPTIONS)
