# SPDX-License-Identifier: MIT
"""Nodes of pagerd on machines of their own: what they are configured with, and what can befall one."""
import contextlib
import http.client
import json
import os
import shutil
import signal
import time

from cluster_net import HUB, Network
from house import House, PAGERD, Process
from life import UnixConnection

PORT = 8440
PEER_PORT = 7443
SECRET = "a secret of these nodes and of no others"
TEAMS = 48  # each alert of a round goes to the next one, so that nobody has many at once
ESCALATE_S = 6  # until the second person of a team is paged
FIRST, SECOND = "+49155501{:04}", "+49155502{:04}"


def user(number, is_second):
    return f"{'s' if is_second else 'p'}{number}"


def phone(number, is_second):
    return (SECOND if is_second else FIRST).format(number)


def config_of(name, dsn, gateway, peers, address, team_count):
    more = ""
    if peers:
        listed = ", ".join(f'"{peer}:{PEER_PORT}"' for peer in peers)
        more = f'; listen = "{address}:{PEER_PORT}"; peers = [ {listed} ]'
    people = "\n".join(f'  {user(number, is_second)}: {{ phone = "{phone(number, is_second)}" }}'
                       for number in range(team_count) for is_second in (False, True))
    teams = "\n".join(
        f'  t{number}: {{ primary = "{user(number, False)}", secondary = "{user(number, True)}", manager = "ann"\n'
        f'    escalate = ( {{ page = "primary", wait = "{ESCALATE_S}s" }}, '
        f'{{ page = "secondary", wait = "1h", repeat = 2 }} ) }}' for number in range(team_count))
    routes = ",\n".join([*(f'  {{ team = "t{number}", match = "team=t{number}" }}' for number in range(team_count)),
                         '  { team = "ops" }'])
    return f"""url = "http://{HUB}:{PORT}"
timezone = "UTC"
users: {{
  ann: {{ phone = "+4915550100001", unix = "{os.getuid()}", admin = true }}
{people}
}}
channels: {{ {gateway.config()} }}
notify: {{ normal: ( {{ after = "0s", via = [ "sms" ] }} ) }}
teams: {{
  ops: {{ primary = "ann", manager = "ann" }}
{teams}
}}
routes = (
{routes} )
group: {{ storm = {{ more-than = 2000, within = "10s" }} }}
store = "postgres:{dsn}"
node: {{ name = "{name}"; secret = "{SECRET}"{more} }}
"""


class Node(House):
    """One of them. It is killed and frozen as its machine would be: with all its processes."""

    def __init__(self, network, machine, address, name, dsn, gateway, peers, clock, folder,
                 team_count=TEAMS):
        super().__init__()
        shutil.rmtree(self.dir)
        self.dir = os.path.join(folder, f"node-{name}")
        os.mkdir(self.dir)
        self.state, self.socket = self.path("state"), self.path("ctl.sock")
        self.config = self.path("pagerd.cfg")
        self.network, self.machine, self.address, self.name = network, machine, address, name
        self.clock = clock
        self.write("pagerd.cfg", config_of(name, dsn, gateway, peers, address, team_count))
        self.is_frozen = False
        self.lost_at = []  # when it was killed or frozen

    def start(self, wait=True):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.socket)
        self.process = Process(
            [*Network.inside(self.machine), PAGERD, "--config", self.config, "--state", self.state,
             "--socket", self.socket, "--listen", f"{self.address}:{PORT}"],
            self.path("pagerd.log"), env={**os.environ, **self.clock.env})
        return self

    def request(self, method, path, body=None, headers=None, timeout=10):
        """From where the senders are."""
        connection = http.client.HTTPConnection(self.address, PORT, timeout=timeout)
        return self.exchange(connection, method, path, body, headers)

    def here(self, method, path, body=None, timeout=10):
        """On the node itself, as ann."""
        return self.exchange(UnixConnection(self.socket, timeout), method, path, body, None)

    @staticmethod
    def exchange(connection, method, path, body, headers):
        """Status, text; status 0: no answer."""
        if isinstance(body, (dict, list)):
            body, headers = json.dumps(body), {"Content-Type": "application/json", **(headers or {})}
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            return 0, str(error)
        finally:
            connection.close()

    def is_ready(self):
        return self.is_running() and not self.is_frozen and self.here("GET", "/readyz")[0] == 200

    def is_running(self):
        return self.process is not None and self.process.is_alive()

    def knows(self):
        """Who is on duty, as this node sees it, or None."""
        if not self.is_running() or self.is_frozen:
            return None
        status, text = self.here("GET", "/v1/cluster", timeout=3)
        nodes = json.loads(text).get("nodes", []) if status == 200 else []
        found = [one["name"] for one in nodes if one["is_on_duty"]]
        return found[0] if len(found) == 1 else None

    def metric(self, name):
        status, text = self.here("GET", "/metrics")
        found = [line.split()[1] for line in text.splitlines() if line.startswith(name + " ")]
        return float(found[0]) if status == 200 and found else None

    def kill(self):
        self.lost_at.append(time.monotonic())
        super().kill()

    def freeze(self):
        self.is_frozen = True
        self.lost_at.append(time.monotonic())
        self.signal(signal.SIGSTOP)

    def thaw(self):
        self.signal(signal.SIGCONT)
        self.is_frozen = False

    def signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)


def machines_make(network, node_count, is_together):
    """{"a": (machine, address) ...} of the nodes, and [(machine, address) ...] of the databases: on
    machines of the nodes, or on their own."""
    names = "abc"[:node_count]
    nodes = {name: (f"m{place}", f"10.77.0.{10 + place}") for place, name in enumerate(names, 1)}
    bases = [(f"m{place}" if is_together else f"d{place}", f"10.77.0.{20 + place}") for place in (1, 2)]
    for machine in sorted({machine for machine, _ in [*nodes.values(), *bases]}):
        network.add(machine, *(address for of, address in [*nodes.values(), *bases] if of == machine))
    return nodes, bases
