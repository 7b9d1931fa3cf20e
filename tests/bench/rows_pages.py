# SPDX-License-Identifier: MIT
"""From an alert that comes in to the page that arrives at a gateway: at rest, in a burst, and while
others send. Each alert here is of a service, a team and a person of its own, so that none of the three
programs has a reason to keep it back or to put it together with another one."""
import base64
import concurrent.futures
import http.client
import json
import os
import ssl
import statistics
import threading
import time

from bench import ALERT, TOOLS, Manager, Pagerd, load, row
from house import House, free_port, wait_for
from machine import Watch
from programs import Icinga as Program
from programs import is_listening

BURST = 1000
RATE = 40  # a second, where they come one by one
SECONDS, SECONDS_QUICK = 3, 1.5
ALONE_MAX = int(RATE * SECONDS)
TEAMS = BURST + 2 * ALONE_MAX  # each situation has teams of its own
OTHERS = 10000  # alerts a second of other services, in requests of 64 as Prometheus sends them
OTHERS_BATCH = 64
SHOPS = 10000  # other services, of which Icinga has results
BEGUN_S = 1  # for which others have sent, before it counts
BESIDE = "while others send"
MISSING_S = 20  # a page that has not come by then is counted with that

PAGED = ('{"labels":{"alertname":"DatabaseDown","cluster":"eu-central-1a","instance":'
         '"host-########.example.org:9100","job":"postgres","service":"db-########",'
         '"severity":"critical"},"annotations":{"summary":"host-######## is down"},'
         '"startsAt":"2026-11-21T03:00:00Z","endsAt":"2099-01-01T00:00:00Z"}')


def lines(path):
    """{number: when its first line came, in ns of the steady clock}."""
    found = {}
    if os.path.exists(path):
        with open(path, encoding="ascii") as file:
            for line in file:
                number, _, at = line.partition(" ")
                if number != "none" and line.endswith("\n"):
                    found.setdefault(int(number), int(at))
    return found


class Gateway:
    """Where pages arrive; it notes when."""

    def __init__(self, house, port):
        self.file = house.path("pages")
        house.spawn([os.path.join(TOOLS, "bench_gateway"), str(port), self.file], "gateway")
        wait_for("the gateway", lambda: is_listening(port))


class Web:
    """What pagerd and Alertmanager have in common: alerts are posted to both."""

    others_key = keys = None

    def alone(self, first, count):
        return self.send(first, rate=RATE, count=count, connections=4)

    def burst(self, first):
        return self.send(first, count=BURST)

    def send(self, first, **how):
        """Sends alerts; {number: when it was due}."""
        stamps = self.house.path("stamps")
        done = load(self.port, alert=PAGED, first=first, keys=self.keys, stamps=stamps, warm=0,
                    seconds=MISSING_S, **how)
        assert done["taken"] == how["count"], done
        return lines(stamps)

    def others(self, seconds, ended):
        """Alerts a second that were taken of others."""
        found = load(self.port, key=self.others_key, batch=OTHERS_BATCH, rate=OTHERS / OTHERS_BATCH,
                     seconds=seconds, warm=0, first=10000000, spread=4)
        ended.set()
        return found["alerts"] / seconds

    def close(self):
        self.house.close()


class PagerdPages(Web, Pagerd):
    """A team, a person and a key for each; pages go out as SMS by HTTP."""

    def __init__(self):
        port = free_port()
        people = "".join(f'p{i}: {{ name = "Person {i}" phone = "+4915{i:08}" }}\n' for i in range(TEAMS))
        teams = "".join(f't{i}: {{ oncall = "p{i}" manager = "p{i}" escalate = ( {{ page = "oncall", '
                        f'wait = "1h" }} ) }}\n' for i in range(TEAMS))
        Pagerd.__init__(
            self, channels=f'sms: {{ driver = "http", url = "http://127.0.0.1:{port}/send", '
            'method = "POST", headers = [ "Content-Type: application/json" ], '
            'body = "{\\"to\\":\\"$to\\",\\"text\\":\\"$text\\"}" }',
            notify='notify: { normal: ( { after = "0s", via = [ "sms" ] } ) }',
            escalate='( { page = "primary", wait = "1h" } )',
            files={"conf.d/people.cfg": f"users: {{ {people} }}\n",
                   "conf.d/teams.cfg": f"teams: {{ {teams} }}\n"})
        self.pages = Gateway(self.house, port).file
        self.others_key = self.key
        self.keys = self.house.write("keys", "\n".join(self.make_keys()) + "\n")

    def make_keys(self):
        token = {"Authorization": f"Bearer {self.house.token('ann')}"}

        def make(i):
            status, text, _ = self.house.request("POST", "/v1/keys",
                                                 {"name": f"key{i}", "team": f"t{i}"}, token)
            assert status in (200, 201), text
            return json.loads(text)["key"]

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            return list(pool.map(make, range(TEAMS)))


class ManagerPages(Web, Manager):
    """A group for each, told by a webhook at once; others go nowhere."""

    def __init__(self):
        port = free_port()
        Manager.__init__(self, config=f"""
route:
  receiver: pages
  group_by: ['service']
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 4h
  routes:
  - receiver: nothing
    matchers: [ alertname = HighRequestLatency ]
    group_by: ['alertname']
receivers:
- name: nothing
- name: pages
  webhook_configs: [ {{ url: 'http://127.0.0.1:{port}/', send_resolved: false }} ]
""")
        self.pages = Gateway(self.house, port).file


ICINGA_OBJECTS = """
object User "ann" {}
object NotificationCommand "note" {
  command = [ "%(tool)s", "--note", "%(file)s", "$service.name$" ]
}
template Service "passive" { check_command = "dummy"; enable_active_checks = false; max_check_attempts = 1 }
for (i in range(%(teams)d / 100)) {
  object Host "db" + i { check_command = "dummy"; enable_active_checks = false; vars.is_paged = true }
  for (j in range(100)) {
    var name = "host-" + String(100000000 + i * 100 + j).substr(1)
    object Service name use (i) { import "passive"; host_name = "db" + i; vars.place = "db" + i }
  }
}
for (i in range(%(shops)d / 100)) {
  object Host "shop" + i { check_command = "dummy"; enable_active_checks = false }
  for (j in range(100)) {
    object Service "shop-" + j use (i) { import "passive"; host_name = "shop" + i }
  }
}
apply Notification "page" to Service {
  command = "note"
  users = [ "ann" ]
  interval = 0
  assign where host.vars.is_paged
}
"""


class IcingaPages:
    """Passive services; a command is run for each that becomes critical. Its page has arrived when
    that command begins: what it would do to reach a gateway is not counted."""

    name = "Icinga 2"

    def __init__(self):
        self.house = House()
        self.pages = self.house.path("notes")
        self.program = Program(self.house, "none", notifies=False, objects=ICINGA_OBJECTS % {
            "tool": os.path.abspath(os.path.join(TOOLS, "bench_gateway")), "file": self.pages,
            "teams": (TEAMS + 99) // 100 * 100, "shops": SHOPS})
        path = "icinga/etc/icinga2.conf"
        with open(self.house.path(path), encoding="utf-8") as file:
            text = file.read()
        self.house.write(path, text.replace('severity = "notice"', 'severity = "warning"'))
        self.program.start()
        self.port = self.program.port
        self.pid = self.program.process.pid

    def connect(self):
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=120,
                                           context=ssl._create_unverified_context())

    def results(self, connection, status, services):
        """How many services have taken that result of a check; named, for a filter looks at all."""
        connection.request("POST", "/v1/actions/process-check-result", json.dumps(
            {"services": services, "exit_status": status, "plugin_output": "it is down"}),
            {"Accept": "application/json", "Authorization":
             "Basic " + base64.b64encode(b"root:icinga").decode()})
        answer = connection.getresponse()
        taken = json.loads(answer.read())["results"]
        assert answer.status == 200, taken[:2]
        return len(taken)

    def alone(self, first, count):
        due, connection = {}, self.connect()
        connection.connect()
        begun = time.monotonic_ns()
        for i in range(count):
            at = begun + int(i * 1e9 / RATE)
            time.sleep(max(0, (at - time.monotonic_ns()) / 1e9))
            due[first + i] = at
            self.results(connection, 2, [self.paged(first + i)])
        return due

    @staticmethod
    def paged(number):
        return f"db{number // 100}!host-{number:08}"

    def burst(self, first):
        """One request for all: no client is in the way."""
        connection = self.connect()
        connection.connect()
        at = time.monotonic_ns()
        count = self.results(connection, 2, [self.paged(first + i) for i in range(BURST)])
        assert count == BURST, count
        return {first + i: at for i in range(BURST)}

    def others(self, seconds, ended):
        """A hundred a request, one after the other, as fast as they are taken."""
        connection, over_at, count, turn = self.connect(), time.monotonic() + seconds, 0, 0
        while time.monotonic() < over_at:
            shop = turn % (SHOPS // 100)
            count += self.results(connection, 2 if turn // (SHOPS // 100) % 2 == 0 else 0,
                                  [f"shop{shop}!shop-{i}" for i in range(100)])
            turn += 1
        ended.set()
        return count / seconds

    def close(self):
        self.house.close()


def arrived(server, due):
    """Waits in ms of the alerts that were sent, once their pages have come or will not come."""
    over_at = time.monotonic() + MISSING_S
    while True:
        came = lines(server.pages)
        if all(number in came for number in due) or time.monotonic() > over_at:
            break
        time.sleep(0.1)
    waits = sorted((came[number] - at) / 1e6 if number in came else MISSING_S * 1000
                   for number, at in due.items())
    return {"p50_ms": statistics.median(waits), "p99_ms": waits[int(0.99 * len(waits))],
            "max_ms": waits[-1], "pages": len(waits),
            "missing": sum(number not in came for number in due)}


def beside_others(server, first, count, seconds):
    """Pages of some, while others send."""
    ended = threading.Event()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        rate = pool.submit(server.others, seconds + BEGUN_S + 0.5, ended)
        ended.wait(BEGUN_S)
        found = arrived(server, server.alone(first, count))
        return {**found, "others_rate": rate.result()}


def situations(bench, server):
    """{situation: what was found}, one after the other."""
    seconds = SECONDS_QUICK if bench.quick else SECONDS
    count = int(seconds * RATE)
    return {
        "at rest": lambda: arrived(server, server.alone(0, count)),
        "in a burst of 1,000": lambda: arrived(server, server.burst(2 * ALONE_MAX)),
        BESIDE: lambda: beside_others(server, ALONE_MAX, count, seconds),
    }


def pages(bench):
    found = {}
    for turn in range(1 if bench.quick else 2):
        for make in (PagerdPages, ManagerPages, IcingaPages):
            server = make()
            try:
                for what, act in situations(bench, server).items():
                    watch = Watch(server.pid)
                    run = act()
                    run.update(watch.stop())
                    bench.keep(what, server.name, turn, run)
                    found.setdefault(what, {}).setdefault(server.name, []).append(run)
            finally:
                server.close()
    rows = []
    for what, runs in found.items():
        for other in ("Alertmanager", "Icinga 2"):
            for key in ("p50_ms", "p99_ms"):
                goal = None
                if what == "at rest":
                    goal = ("<=", 1) if (key, other) == ("p50_ms", "Alertmanager") else None
                elif key == "p99_ms":
                    goal = ("<=", 1 / 3)
                rows.append(row(7, f"page {what}: {key[:-3]}", "ms", runs["pagerd"], runs[other],
                                other, goal, of=key))
    for other in ("Alertmanager", "Icinga 2"):
        rows.append(row(7, "what the others got through meanwhile", "alerts/s",
                        found[BESIDE]["pagerd"], found[BESIDE][other], other, of="others_rate"))
    return rows


ROWS = [pages]
