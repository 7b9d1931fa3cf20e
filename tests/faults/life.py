# SPDX-License-Identifier: MIT
"""Lives of one pagerd: a state directory that outlives many of them, and what is owed over all.

A life starts pagerd (mostly under the tracer, which strikes it), posts an alert and its duplicate,
takes the page, acknowledges, resolves, asks, and stops. It may die at any instant. The ledger
notes what pagerd said 2xx to; after each life the files are looked at, and every so often an
undisturbed life shows that all that was accepted is there, was paged and can be acknowledged.
"""
import contextlib
import fcntl
import http.client
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../e2e"))
from sinks import Gateway  # noqa: E402 (the end-to-end tests' fake SMS provider)

DEADLINE = int(os.environ.get("PAGERD_TEST_DEADLINE", 60))  # seconds; what takes longer hangs
MUTE = 3  # seconds without an answer, of a life that cannot take connections for all we know
ZONE = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                    "../fixtures/zoneinfo/Etc/UTC")
TRIGGERED, ACKNOWLEDGED, RESOLVED = 0, 1, 4  # numbers of incident states in the store
WAITING = (0, 1)  # numbers of the page states "queued" and "sending"
PORT = 7000  # on a loopback address of the home's own, so that no two ever meet
ON_CALL = "+4915550100001"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ACKED = (200, 303)  # by the API; by the page behind the link

CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//pagerd//test//EN
BEGIN:VEVENT
UID:ann@test
SUMMARY:ann
DTSTART:20260101T000000Z
DTEND:20260102T000000Z
RRULE:FREQ=DAILY
END:VEVENT
END:VCALENDAR
"""

CONFIG = """url = "http://{address}"
timezone = "UTC"
users: {{
  ann: {{ name = "Ann Test", phone = "{on_call}" }}
  bob: {{ name = "Bob Test", phone = "+4915550100002", unix = "{uid}", admin = true }}
}}
channels: {{ {channel} }}
notify: {{ normal: ( {{ after = "0s", via = [ "sms" ] }} ) }}
calendars: {{ primary: {{ ics = "primary.ics" }} }}
teams: {{ ops: {{
  primary = "calendar:primary"
  escalate = ( {{ page = "primary", wait = "{wait}" }} )
  manager = "bob"
}} }}
"""


class Broken(Exception):
    """A promise that was broken, in words."""


class Claim:
    """What was said about one dedup key, by both sides."""

    def __init__(self):
        self.is_accepted = False
        self.has_ack = False  # somebody tried to acknowledge it
        self.is_acked = False  # and was told that it is
        self.has_resolve = False
        self.is_resolved = False
        self.was_refused = False  # for a while: what went out meanwhile was in memory alone
        self.number = None


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Home:
    """Folder, configuration, gateway and ledger; what is on disk stays from life to life."""

    counter = 0

    def __init__(self, build, wait="1h", folder=None):
        Home.counter += 1
        base = folder or ("/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
        self.dir = os.path.realpath(tempfile.mkdtemp(prefix="pagerd-life-", dir=base))
        self.pagerd = os.path.join(build, "pagerd/daemon/pagerd")
        self.state = os.path.join(self.dir, "state")
        self.socket = os.path.join(self.dir, "ctl.sock")
        pid = os.getpid()
        self.host = f"127.{16 + pid // 62500 % 200}.{1 + pid // 250 % 250}.{1 + pid % 250}"
        self.address = f"{self.host}:{PORT}"
        self.gateway = Gateway()
        self.wait = wait
        os.mkdir(self.path("zones"))  # few of them: reading all takes longer than a life
        shutil.copyfile(ZONE, self.path("zones/UTC"))
        self.write("primary.ics", CALENDAR)
        self.write("pagerd.cfg", CONFIG.format(
            address=self.address, uid=os.getuid(), on_call=ON_CALL,
            channel=self.gateway.config(), wait=wait))
        self.reset()

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)
        os.chmod(self.path(name), 0o600)

    def reset(self):
        """A new pager: nothing on disk, nobody owes anything."""
        shutil.rmtree(self.state, ignore_errors=True)
        self.claims = {}
        self.key = None
        self.keys_tried = 0
        self.lives = 0
        with self.gateway.lock:
            self.gateway.messages.clear()

    def close(self):
        self.gateway.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # --- what arrived ---

    def calls(self, key):
        """Texts that call somebody to this problem, oldest first."""
        mark = f"#{self.claims[key].number} host: {key}."
        return [message["text"] for message in self.gateway.taken()
                if mark in message["text"] and "/a/" in message["text"]]

    def link(self, key):
        """The newest ack link for a problem, or None."""
        for text in reversed(self.calls(key)):
            found = re.search(r"/a/[0-9a-zA-Z]{20}", text)
            if found:
                return found.group(0)
        return None

    # --- what is on disk ---

    @contextlib.contextmanager
    def database(self):
        """A copy of the store as the next life will find it; None when there is none."""
        source = os.path.join(self.state, "pagerd.db")
        if not os.path.exists(source) or os.path.getsize(source) == 0:
            yield None
            return
        with tempfile.TemporaryDirectory(dir=self.dir) as place:
            copy = os.path.join(place, "pagerd.db")
            for ending in ("", "-wal"):
                if os.path.exists(source + ending):
                    shutil.copyfile(source + ending, copy + ending)
            database = sqlite3.connect(copy)
            try:
                yield database
            finally:
                database.close()

    def inspect(self):
        """What a life left on disk holds what pagerd has said; raises Broken. Gives the numbers
        of all incidents there, by dedup key."""
        with self.database() as database:
            if database is None:
                rows = []
            else:
                said = database.execute("PRAGMA integrity_check").fetchone()[0]
                if said != "ok":
                    raise Broken(f"the store is damaged: {said}")
                if not database.execute(
                        "SELECT 1 FROM sqlite_schema WHERE name = 'incident'").fetchone():
                    rows = []
                else:
                    rows = database.execute(
                        "SELECT number, dedup_key, state, acknowledged_by FROM incident").fetchall()
        self.judge(rows)
        return {key: number for number, key, _, _ in rows}

    def judge_calls(self, known):
        """What was paged is on disk: the page is a row before anybody sees it."""
        for message in self.gateway.taken():
            found = re.search(r"#(\d+) host: (\S+)\..*/a/", message["text"])
            if found and known.get(found.group(2)) != int(found.group(1)):
                raise Broken(f"somebody was paged for what is not on disk: {message['text']!r}")

    def judge(self, rows):
        known = {}
        for number, key, state, acknowledged_by in rows:
            if key in known:
                raise Broken(f"{key} became two incidents")
            known[key] = (number, state, acknowledged_by)
        for key, claim in self.claims.items():
            if claim.is_accepted and key not in known:
                raise Broken(f"{key} was accepted and is lost")
            if key not in known:
                continue
            number, state, acknowledged_by = known[key]
            if claim.is_accepted and claim.number not in (None, number):
                raise Broken(f"{key} was accepted as #{claim.number} and is #{number}")
            claim.number = number
            if claim.is_resolved and state != RESOLVED:
                raise Broken(f"#{number} was resolved and is open")
            if state == RESOLVED and not claim.has_resolve:
                raise Broken(f"#{number} is resolved, by nobody")
            if claim.is_acked and not claim.has_resolve and state != ACKNOWLEDGED:
                raise Broken(f"#{number} was acknowledged and is not")
            if claim.is_acked and not acknowledged_by:
                raise Broken(f"who acknowledged #{number} is forgotten")
            if (state == ACKNOWLEDGED or acknowledged_by) and not claim.has_ack:
                raise Broken(f"#{number} is acknowledged, by nobody")
        unknown = set(known) - set(self.claims)
        if unknown:
            raise Broken(f"incidents that nobody sent: {sorted(unknown)}")

    def judge_repeats(self):
        """Steps wait an hour: each call but the first repeats it after a crash, and says so. The
        first may come last: from the courier of a pagerd that has ended."""
        for key, claim in self.claims.items():
            texts = [] if claim.was_refused else self.calls(key)
            plain = [text for text in texts if "(repeat)" not in text]
            if len(plain) > 1:
                raise Broken(f"{key} was paged {len(texts)} times, not marked: {texts}, "
                             f"on disk: {self.told_of(claim.number)}")
            if len(texts) > self.lives + 1:
                raise Broken(f"{key} was paged {len(texts)} times in {self.lives} lives")

    def told_of(self, number):
        """Pages and timeline as they are on disk, for who looks for a fault."""
        with self.database() as database:
            if database is None:
                return []
            return [database.execute(f"SELECT * FROM {table} WHERE incident = ?", [number]).fetchall()
                    for table in ("page", "entry")]

    def log(self):
        try:
            with open(self.path("log"), errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""


class Life:
    """One run of pagerd. Errors of talking to it are expected when it is struck."""

    def __init__(self, home, prefix=(), env=None, patience=DEADLINE, may_be_mute=False):
        self.home = home
        self.patience = patience  # seconds for a page; an undisturbed life has them all
        self.may_be_mute = may_be_mute  # it cannot take connections for all we know
        self.is_mute = False
        self.connection = None
        self.local = None
        self.statuses = []
        self.is_ready = False
        self.status = None  # as Popen has it, once it has ended
        home.lives += 1
        with contextlib.suppress(FileNotFoundError):
            os.unlink(home.socket)
        with open(home.path("log"), "wb") as log:
            self.child = subprocess.Popen(
                [*prefix, home.pagerd, "--config", home.path("pagerd.cfg"), "--state", home.state,
                 "--socket", home.socket, "--listen", home.address, "--tzdir", home.path("zones")],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                env={**os.environ, **env} if env else None)

    # --- talking ---

    def has_ended(self):
        return self.child.poll() is not None

    def exchange(self, connection, method, path, body, headers):
        if self.is_mute:
            return 0, b""
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            if isinstance(error, TimeoutError) and self.may_be_mute:
                self.is_mute = True
            elif isinstance(error, TimeoutError):
                raise Broken(f"no answer to {method} {path} in {DEADLINE} s") from error
            return 0, b""
        self.statuses.append(answer.status)
        return answer.status, text

    def timeout(self):
        return MUTE if self.may_be_mute else DEADLINE

    def ask(self, method, path, body=None, headers=None):
        """By TCP, over one connection. Status 0: it did not answer."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.home.host, PORT,
                                                         timeout=self.timeout())
        return self.exchange(self.connection, method, path, body, headers or {})

    def ask_local(self, method, path, body=None):
        """By the Unix socket, as bob."""
        if self.local is None:
            self.local = UnixConnection(self.home.socket, self.timeout())
        return self.exchange(self.local, method, path, json.dumps(body or {}),
                             {"Content-Type": "application/json"})

    def await_ready(self):
        """True once it answers at all (`is_ready`: as /readyz says); False: ended, or mute."""
        end = time.monotonic() + DEADLINE
        while not self.has_ended() and not self.is_mute:
            status = self.ask("GET", "/readyz")[0]
            if status:
                self.is_ready = status == 200
                return True
            if time.monotonic() > end:
                raise Broken(f"it neither answered nor ended in {DEADLINE} s")
            time.sleep(0.002)
        return False

    def give_up(self, skip_status):
        """It ended before it began: where tracing is not allowed, the part is skipped."""
        said = self.home.log()[-300:].strip()
        if self.child.poll() == skip_status:
            print(f"SKIPPED: {said}")
            sys.exit(skip_status)
        raise Broken(f"it does not start: {said}")

    # --- what is done in a life ---

    def make_key(self):
        home = self.home
        home.keys_tried += 1
        status, text = self.ask_local("POST", "/v1/keys",
                                      {"name": f"key{home.keys_tried}", "team": "ops"})
        if status == 200:
            home.key = json.loads(text)["key"]
        elif status not in (0, 503):
            raise Broken(f"a key was asked for, answered with {status}: {text[:200]!r}")
        return status == 200

    def alert(self, key, **fields):
        """Posts an alert and notes what was said; gives the status."""
        claim = self.home.claims.setdefault(key, Claim())
        body = json.dumps({"dedup_key": key, "summary": f"host: {key}", "severity": "critical",
                           "service": key, **fields})  # of one service they wait for a storm
        status, text = self.ask("POST", "/v1/alerts", body,
                                {"Authorization": f"Bearer {self.home.key}",
                                 "Content-Type": "application/json"})
        if status == 202:
            claim.is_accepted = True
            number = json.loads(text)["alerts"][0]["incident"]
            if claim.number not in (None, number):
                raise Broken(f"{key} was #{claim.number} and became #{number}")
            claim.number = number
        elif status == 503:
            claim.was_refused = True
        elif status != 0:
            raise Broken(f"an alert was answered with {status}: {text[:200]!r}")
        return status

    def acknowledge(self, key, by_link):
        claim = self.home.claims[key]
        link = self.home.link(key)
        if by_link and link is None:
            return 0
        claim.has_ack = True
        if by_link:
            status, text = self.ask("POST", link, "do=ack", FORM)
        else:
            status, text = self.ask_local("POST", f"/v1/incidents/{claim.number}/ack")
        if status in ACKED:
            claim.is_acked = True
        elif status not in (0, 503):
            raise Broken(f"an ack of #{claim.number} by {'link' if by_link else 'hand'} was "
                         f"answered with {status}: {text[:200]!r}")
        return status

    def resolve(self, key):
        claim = self.home.claims[key]
        claim.has_resolve = True
        status = self.alert(key, action="resolve")
        claim.is_resolved |= status == 202
        return status

    def await_call(self, key, is_struck=lambda: False):
        """A page for the problem; False when it has ended or patience is over."""
        end = time.monotonic() + self.patience
        while not self.home.calls(key):
            if self.has_ended() or is_struck() or time.monotonic() > end:
                return False
            time.sleep(0.002)
        return True

    def spend(self, key, is_struck=lambda: False):
        """A day's work: an alert, its duplicate, the page, an ack, a resolve, a look."""
        home = self.home
        if home.key is None and not self.make_key():
            return
        if self.alert(key) != 202:
            return
        self.alert(key)
        self.await_call(key, is_struck)
        if home.lives % 3 != 0:  # every third one stays open
            self.acknowledge(key, by_link=home.lives % 3 == 1)
        self.resolve_another(key)
        self.look()

    def resolve_another(self, key):
        """Its source says of an older problem, that somebody has, that it is over."""
        for other, claim in self.home.claims.items():
            if other != key and claim.is_acked and not claim.has_resolve:
                self.resolve(other)
                return

    def look(self):
        """All that was accepted is listed, when there is an answer."""
        status, text = self.ask_local("GET", "/v1/incidents?all")
        if status != 200:
            return
        listed = {incident["dedup_key"] for incident in json.loads(text)["incidents"]}
        missing = {key for key, claim in self.home.claims.items()
                   if claim.is_accepted and key not in listed}
        if missing:
            raise Broken(f"accepted and not listed: {sorted(missing)}")

    # --- the end ---

    def end(self, number=signal.SIGTERM):
        """Asks it to end and waits; whatever does not end in time hangs."""
        for connection in (self.connection, self.local):
            if connection is not None:
                connection.close()
        if self.child.poll() is None:
            self.child.send_signal(number)
        try:
            self.status = self.child.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            raise Broken(f"it did not end in {DEADLINE} s") from None
        finally:
            self.kill()
        return self.status

    def kill(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()
        self.await_gone()

    def await_gone(self):
        """A traced pagerd is still dying when its tracer is gone; its lock goes last."""
        path = os.path.join(self.home.state, "pagerd.lock")
        end = time.monotonic() + DEADLINE
        while os.path.exists(path):
            with open(path) as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    return
                except BlockingIOError:
                    if time.monotonic() > end:
                        raise Broken("something of it lives on and holds the lock") from None
            time.sleep(0.002)


class Tracer:
    """What the tracer is told, and what it tells."""

    def __init__(self, home, build, *words):
        self.log = home.path("tracer.log")
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.log)
        self.argv = [os.path.join(build, "tests/faults/tracer"), "--log", self.log, *words, "--"]

    def hit(self):
        """Where it struck ("pagerd pwrite64 /path"), or None so far."""
        return self.read("hit")

    def read(self, name):
        try:
            with open(self.log, errors="replace") as file:
                for line in file:
                    if line.startswith(name + " "):
                        return line[len(name) + 1:].strip()
        except FileNotFoundError:
            pass
        return None

    def count(self, role):
        return int(self.read("count " + role) or 0)


def render(counts):
    """Counts of calls on a command line: pagerd=1500,courier=600."""
    return ",".join(f"{role}={count}" for role, count in counts.items())


def parse(text):
    return {role: int(count) for role, count in (word.split("=") for word in text.split(","))}


def verify(home):
    """An undisturbed life: all that was accepted is there, paged, and can be acknowledged."""
    try:
        verify_life(home)
    except Broken as error:
        raise Broken(f"in the undisturbed life that follows: {error}") from None
    home.inspect()
    home.judge_repeats()


def verify_life(home):
    life = Life(home)
    try:
        if not life.await_ready() or not life.is_ready:
            raise Broken(f"an undisturbed start failed ({life.child.poll()})")
        if home.key is None and not life.make_key():
            raise Broken("no key can be made")
        status, text = life.ask_local("GET", "/v1/incidents?all")
        if status != 200:
            raise Broken(f"incidents were asked for: {status}")
        settle(life)
        for incident in json.loads(text)["incidents"]:
            verify_incident(life, incident)
        if life.end() != 0:
            raise Broken(f"an undisturbed life ended with {life.status}")
    finally:
        life.kill()


def verify_incident(life, incident):
    number, key = incident["number"], incident["dedup_key"]
    life.home.claims[key].number = number
    if incident["state"] != "triggered":
        return
    if not life.await_call(key):
        raise Broken(f"#{number} is open, and nobody was paged for it ({key})")
    status = life.acknowledge(key, by_link=True)
    if status not in ACKED:
        raise Broken(f"the newest ack link of #{number} was answered with {status}")


def has_counted(counts):
    """False: this kernel tells the tracer nothing (PTRACE_GET_SYSCALL_INFO is of Linux 5.3)."""
    return all(count > 0 for count in counts.values())


def settle(life):
    """Until no page waits any more, nor an incident for its first one that is on disk: each has gone
    out or was overtaken. A link that was made in memory alone is good no more."""
    end = time.monotonic() + DEADLINE
    while True:
        with life.home.database() as database:
            left = database.execute(
                "SELECT (SELECT count(*) FROM page WHERE state IN (?, ?)) + (SELECT count(*) FROM "
                "incident WHERE state = ? AND number NOT IN (SELECT incident FROM page))",
                (*WAITING, TRIGGERED)).fetchone()[0]
        if left == 0:
            return
        if time.monotonic() > end:
            raise Broken(f"{left} pages still wait in an undisturbed life")
        time.sleep(0.01)
