# SPDX-License-Identifier: MIT
"""A pagerd of many teams, and ways to give it many open incidents or a long history."""
import http.client
import json
import os
import re
import socket
import sqlite3
import time

from bench import load
from house import House, wait_for

START_MAX = 600  # seconds to wait for a start: nothing is judged by it
HISTORY_DAYS = 90


class Town:
    """One pagerd; every team has two people, a ladder of two steps and a key. Pages go into the
    inbox, which takes them at once. `is_silent`: incidents page nobody."""

    name = "pagerd"

    def __init__(self, teams=1000, is_silent=True, config=""):
        self.house = House()
        people = 2 * teams
        users = "".join(
            f'u{i}: {{ name = "User {i}", email = "u{i}@example.org", phone = "+49155{i:08}"'
            + (f', unix = "{os.getuid()}", admin = true' if i == 0 else "") + " }\n"
            for i in range(people))
        ladders = "".join(
            f't{i}: {{ oncall = "u{2 * i}" manager = "u{2 * i}" escalate = ( {{ page = "u{2 * i}", '
            f'wait = "5m" }}, {{ page = "u{2 * i + 1}", wait = "5m" }} ) }}\n' for i in range(teams))
        self.house.write("pagerd.cfg", f"""
url = "{self.house.url}"
timezone = "Europe/Berlin"
users: {{ {users} }}
channels: {{ inbox: {{ }} }}
notify: {{ normal: ( {{ after = "0s", via = [ "inbox" ] }} ) }}
teams: {{ {ladders} }}
group: {{ storm = {{ more-than = 2000, within = "10s" }} }}
severity: {{ error: {{ notify = "{'none' if is_silent else 'normal'}" }} }}
{config}
""")
        self.teams = teams
        self.house.start()
        self.keys = [self.key(i) for i in range(teams)]
        self.key_file = self.house.path("keys")
        with open(self.key_file, "w", encoding="ascii") as file:
            file.write("\n".join(self.keys) + "\n")

    def key(self, team):
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(self.house.socket)
        connection.request("POST", "/v1/keys", json.dumps({"name": f"of-t{team}", "team": f"t{team}"}),
                           {"Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return answer["key"]

    @property
    def pid(self):
        return self.house.process.pid

    @property
    def port(self):
        return self.house.port

    @property
    def database(self):
        return os.path.join(self.house.state, "pagerd.db")

    def fill(self, count, first=0):
        """So many incidents, by the door: 100 a request, teams in turn."""
        return load(self.port, batch=100, count=count // 100, first=first, warm=0, seconds=600,
                    spread=1, keys=self.key_file)

    def memory(self):
        """Bytes that the process itself has resident."""
        with open(f"/proc/{self.pid}/status", encoding="ascii") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1]) * 1024

    def restart(self, change=None):
        """Seconds from the start to the first alert that could be taken."""
        self.house.stop()
        if change:
            with sqlite3.connect(self.database) as database:
                change(database)
            database.close()
        began = time.monotonic()
        self.house.start(wait=False)
        wait_for("pagerd to be ready", self.house.is_ready, START_MAX)
        return time.monotonic() - began

    def metric(self, name):
        return int(re.search(rf"^pagerd_{re.escape(name)} (\d+)$", self.house.get("/metrics")[1],
                             re.M)[1])

    def close(self):
        self.house.close()


def columns(database, table):
    return [found[1] for found in database.execute(f"PRAGMA table_info({table})")]


def copy_rows(database, table, copies, condition, **changed):
    """`copies` times all rows that fit; `changed`: column to the SQL of its value, o the row, k.i the
    number of the copy."""
    names = columns(database, table)
    values = ",".join(changed.get(name, f"o.{name}") for name in names)
    database.execute(f"""WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < {copies})
        INSERT INTO {table} ({','.join(names)}) SELECT {values} FROM k CROSS JOIN {table} o WHERE {condition}""")


def multiply(database, times):
    """Each open incident so many times: numbers, uuids and keys are others, all else is the same."""
    highest, = database.execute("SELECT max(number) FROM incident").fetchone()
    alert, = database.execute("SELECT max(id) FROM alert").fetchone()
    copy_rows(database, "incident", times - 1, f"o.state < 4 AND o.number <= {highest}",
              number=f"o.number + k.i * {highest}", uuid="printf('%08x', k.i) || substr(o.uuid, 9)",
              dedup_key="o.dedup_key || '-' || k.i")
    copy_rows(database, "alert", times - 1, f"o.id <= {alert}", id=f"o.id + k.i * {alert}",
              incident=f"o.incident + k.i * {highest}", dedup_key="o.dedup_key || '-' || k.i")


def age(database, entries):
    """A history of so many timeline rows in 90 days: resolved incidents of ten entries and an alert."""
    opened, = database.execute("SELECT min(number) FROM incident").fetchone()
    highest, = database.execute("SELECT max(number) FROM incident").fetchone()
    alert, = database.execute("SELECT max(id) FROM alert").fetchone()
    entry, = database.execute("SELECT max(id) FROM entry").fetchone()
    count = entries // 10
    now = int(time.time() * 1000)
    at = f"{now} - 86400000 - k.i * {HISTORY_DAYS * 86400000 // count}"
    copy_rows(database, "incident", count, f"o.number = {opened}", number=f"{highest} + k.i", state="4",
              uuid="printf('%08x', k.i) || substr(o.uuid, 9)", dedup_key="'old-' || k.i", opened_at=at,
              last_alert_at=at, resolved_at=f"{at} + 600000", is_source_firing="0")
    copy_rows(database, "alert", count, f"o.incident = {opened}", id=f"{alert} + k.i",
              incident=f"{highest} + k.i", dedup_key="'old-' || k.i", first_at=at, last_at=at, is_firing="0")
    names = columns(database, "entry")
    values = {"id": f"{entry} + k.i * 10 + n.n", "incident": f"{highest} + k.i", "written_at": f"{at} + n.n * 1000",
              "event": "'paged'", "actor": "'pagerd'", "text": "'u7 by inbox: node 7: disk /var/lib is 93 % full'"}
    database.execute(f"""WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < {count}),
        n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < 9)
        INSERT INTO entry ({','.join(names)}) SELECT {','.join(values[name] for name in names)} FROM k CROSS JOIN n""")
