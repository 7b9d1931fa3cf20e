# SPDX-License-Identifier: MIT
"""What every end-to-end test needs: a real pagerd in a folder of its own, and the ways to ask it.

Each test starts its own copies of everything, on loopback and on ports that were free a moment ago,
and ends them. Nothing waits for luck: wait_for() asks until a condition holds or a deadline passes.
"""
import contextlib
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

BUILD = os.environ.get("PAGERD_BUILD", os.path.join(os.path.dirname(__file__), "../../build/gcc"))
SOURCE = os.path.abspath(os.path.join(os.path.dirname(__file__), "../.."))
PAGERD = os.path.join(BUILD, "pagerd/daemon/pagerd")
PAGECTL = os.path.join(BUILD, "pagectl/pagectl")
NEXT = os.path.join(BUILD, "tests/next/pagerd_next")  # of the version to come
DEADLINE = 60  # seconds that a condition may take on a slow machine; never asserted as a speed
SKIP = 77  # CTest's SKIP_RETURN_CODE


def skip(why):
    print(f"SKIPPED: {why}")
    sys.exit(SKIP)


def need(*programs):
    """Skips the test, by name, when a program is not there."""
    for program in programs:
        if not (shutil.which(program) or os.path.exists(program)):
            skip(f"{program} is not installed")


def free_port():
    """Below those that the system gives to connections (ip(7), ip_local_port_range): one of those may
    be taken by a neighbour before its own listener comes."""
    while True:
        port = random.randrange(10240, 32768)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


def wait_for(what, condition, deadline=DEADLINE):
    """Asks until condition() is true and returns what it gave."""
    end = time.monotonic() + deadline
    while True:
        got = condition()
        if got:
            return got
        if time.monotonic() > end:
            raise AssertionError(f"waited {deadline} s for: {what}")
        time.sleep(0.05)


class Process:
    """A child whose output goes to a file, and which is ended with the test."""

    def __init__(self, argv, log, env=None, cwd=None):
        self.log = log
        self.file = open(log, "ab")
        self.child = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=self.file, stderr=self.file, env=env, cwd=cwd,
            start_new_session=True)

    @property
    def pid(self):
        return self.child.pid

    def is_alive(self):
        return self.child.poll() is None

    def output(self):
        with open(self.log, errors="replace") as file:
            return file.read()

    def kill(self, number=signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.child.pid, number)
        self.child.wait()

    def stop(self):
        if self.is_alive():
            with contextlib.suppress(ProcessLookupError):
                self.child.terminate()
            try:
                self.child.wait(20)
            except subprocess.TimeoutExpired:
                pass
        self.kill()
        self.file.close()


# So many alerts at once are no storm: what a test sends is an incident each. None: as by default.
EACH_ITS_OWN = 'group: { storm = { more-than = 2000, within = "10s" } }'

PEOPLE = ["ann", "bob", "cat", "dan", "eve", "fay"]

WEEK = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//pagerd//test//EN
BEGIN:VEVENT
UID:{name}-{user}@test
SUMMARY:{user}
DTSTART:20260101T000000Z
DTEND:20260102T000000Z
RRULE:FREQ=DAILY
END:VEVENT
END:VCALENDAR
"""


class House:
    """One pagerd: folder, configuration, process, and the doors to it."""

    def __init__(self, config="", users=PEOPLE, channels="inbox: { }", escalate=None, team="",
                 user_extra=None, recovery="", severity="", primary="ann", secondary="bob",
                 notify="", group=EACH_ITS_OWN, timezone="Europe/Berlin"):
        self.dir = tempfile.mkdtemp(prefix="pagerd-e2e-")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.socket = os.path.join(self.dir, "ctl.sock")
        self.state = os.path.join(self.dir, "state")
        self.config = os.path.join(self.dir, "pagerd.cfg")
        self.process = None
        self.program = PAGERD
        self.others = []
        self.starts = 0
        self.write_calendar("primary", primary)
        self.write_calendar("secondary", secondary)
        people = "\n".join(
            f'  {name}: {{ name = "{name.capitalize()} Test", email = "{name}@example.org", '
            f'phone = "+491555010000{i + 1}"'
            + (f', unix = "{os.getuid()}", admin = true' if name == "ann" else "")
            + (user_extra or {}).get(name, "") + " }"
            for i, name in enumerate(users))
        steps = escalate or (
            '( { page = "primary", wait = "3s" }, { page = "secondary", wait = "3s" }, '
            '{ page = "everyone", wait = "30s", repeat = 3 } )')
        self.write("pagerd.cfg", f"""
url = "{self.url}"
timezone = "{timezone}"
users: {{
{people}
}}
channels: {{ {channels} }}
{notify}
calendars: {{ primary: {{ ics = "primary.ics" }}  secondary: {{ ics = "secondary.ics" }} }}
teams: {{ ops: {{
  primary = "calendar:primary"
  secondary = "calendar:secondary"
  escalate = {steps}
  manager = "ann"
  {team}
}} }}
{severity}
{recovery}
{group or ""}
{config}
""")

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, text, mode=0o600):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path + ".new", "w") as file:
            file.write(text)
        os.chmod(path + ".new", mode)
        os.rename(path + ".new", path)
        return path

    def write_calendar(self, name, user):
        return self.write(f"{name}.ics", WEEK.format(name=name, user=user))

    # --- the process ---

    def start(self, *options, env=None, wrap=(), wait=True):
        self.starts += 1
        self.process = Process(
            [*wrap, self.program, "--config", self.config, "--state", self.state, "--socket", self.socket,
             "--listen", f"127.0.0.1:{self.port}", *options],
            self.path("pagerd.log"), env={**os.environ, **(env or {})})
        if wait:
            wait_for("pagerd to be ready", self.is_ready)
        return self

    def is_ready(self):
        if not self.process.is_alive():
            raise AssertionError("pagerd ended:\n" + self.log()[-4000:])
        try:
            return self.get("/readyz")[0] == 200
        except OSError:
            return False

    def log(self):
        if not os.path.exists(self.path("pagerd.log")):
            return ""  # it was never started
        with open(self.path("pagerd.log"), errors="replace") as file:
            return file.read()

    def stop(self):
        if self.process:
            self.process.stop()
            self.process = None

    def kill(self):
        self.process.kill()
        self.process = None

    def restore(self, path, state=None):
        """Puts a backup into the state directory, or into another one."""
        return subprocess.run([PAGERD, "--restore", path, "--state", state or self.state],
                              capture_output=True, text=True, timeout=60)

    def spawn(self, argv, name, **more):
        process = Process(argv, self.path(name + ".log"), **more)
        self.others.append(process)
        return process

    def close(self, is_failed=False):
        self.stop()
        for process in reversed(self.others):
            process.stop()
        if is_failed:
            print("---- pagerd's log ----\n" + self.log()[-8000:])
            for process in self.others:
                print(f"---- {process.log} ----\n" + process.output()[-3000:])
        shutil.rmtree(self.dir, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, kind, *rest):
        self.close(is_failed=kind is not None and kind is not SystemExit)

    # --- the doors ---

    def request(self, method, path, body=None, headers=None, timeout=30):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            if isinstance(body, (dict, list)):
                body = json.dumps(body)
                headers = {"Content-Type": "application/json", **(headers or {})}
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace"), answer.headers
        finally:
            connection.close()

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def pagectl(self, *words, stdin=None, env=None, timeout=60):
        return subprocess.run(
            [PAGECTL, *words], input=stdin, capture_output=True, text=True, timeout=timeout,
            env={**os.environ, "PAGECTL_SERVER": self.socket, "XDG_CACHE_HOME": self.path("cache"),
                 "XDG_CONFIG_HOME": self.path("login"), "TZ": "Europe/Berlin", **(env or {})})

    def ask(self, *words):
        """pagectl with --json; its answer as data."""
        done = self.pagectl(*words, "--json")
        assert done.returncode == 0, (words, done.returncode, done.stdout, done.stderr)
        return json.loads(done.stdout)

    def key(self, name="test", team="ops"):
        return self.ask("key", "add", name, "--team", team)["key"]

    def token(self, user):
        """A personal token, for acting as that person over TCP."""
        return self.ask("key", "add", f"person-{user}-{self.starts}-{time.monotonic_ns()}",
                        "--user", user)["key"]

    def act(self, user, number, action, body=None):
        return self.request("POST", f"/v1/incidents/{number}/{action}", body or {},
                            {"Authorization": f"Bearer {self.token(user)}"})

    def alert(self, key, summary="db1: disk full", **fields):
        return self.request("POST", "/v1/alerts", {"summary": summary, "severity": "critical",
                                                   **fields}, {"Authorization": f"Bearer {key}"})

    def incidents(self, *words):
        return self.ask("incidents", *words)["incidents"]

    def show(self, number):
        return self.ask("show", str(number))

    def pages(self, number, user=None):
        return [page for page in self.show(number)["pages"]
                if user is None or page["user"] == user]


def main(*tests):
    """Runs the tests given, or those named on the command line."""
    wanted = sys.argv[1:]
    passed = 0
    for test in tests:
        if wanted and test.__name__ not in wanted:
            continue
        started = time.monotonic()
        test()
        passed += 1
        print(f"ok {test.__name__} ({time.monotonic() - started:.1f} s)", flush=True)
    print(f"{passed} passed, 0 failed")
