#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Power cuts: one life of the real pagerd is recorded, and its power is cut at any moment.

The recording is replayed by tests/faults/power (power.c), thousands of times; every so often the
disk of a point is made real and the real pagerd started on it. With --log a recording that was
kept before is used again; a recording in which a point failed is kept, and its folder named.
"""
import contextlib
import filecmp
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

import part

FLIP_STRIDE = 97  # bytes of the store between two that are turned over
DEAF_COUNT = 200  # cuts of a recording whose syncs are left out
REAL_EVERY = 500  # points between two on which the real pagerd is started
DEADLINE = 60


def more_options(parser):
    parser.add_argument("--log", metavar="FOLDER", help="a recording that was kept")
    parser.add_argument("--keep", metavar="FOLDER", help="keep the recording there")
    parser.add_argument("--flip", action="store_true", help="turn over bytes of the store instead")
    parser.add_argument("--stride", type=int, default=FLIP_STRIDE)
    parser.add_argument("--real-every", type=int, default=REAL_EVERY)


made = part.options("power", 4000, more_options)
if made.flip:
    made.name = "flip"
os.environ["PAGERD_BUILD"] = made.build
sys.path.insert(0, os.path.join(part.SOURCE, "tests/e2e"))
import power_record  # noqa: E402
from house import PAGERD, House, free_port, need, wait_for  # noqa: E402
from sinks import Gateway  # noqa: E402

POWER = os.path.join(made.build, "tests/faults/power")
TEMP = "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir()
NOTIFY = 'notify: { normal: ( { after = "0s", via = [ "sms" ] } ) }'
STEPS = '( { page = "primary", wait = "1h" }, { page = "secondary", wait = "1h" } )'


class Sender(threading.Thread):
    """A monitoring system: new alerts, and most of them again."""

    def __init__(self, pager, key, name, count):
        super().__init__()
        self.pager, self.key, self.name_of, self.count = pager, key, name, count

    def run(self):
        for i in range(self.count):
            fields = {"dedup_key": f"{self.name_of}-{i}", "summary": f"host: {self.name_of}-{i}"}
            for _ in range(1 + i % 3):
                status = self.pager.alert(self.key, **fields)[0]
                assert status == 202, status


def senders(pager, key, name, count):
    both = [Sender(pager, key, f"{name}{i}", count) for i in range(2)]
    for sender in both:
        sender.start()
    for sender in both:
        sender.join()
    idle(pager)


def idle(pager):
    """Until the log is in the database: it begins anew with the next commit."""
    path = os.path.join(pager.state, "pagerd.db")
    wait_for("the log to be copied",
             lambda: os.stat(path).st_mtime_ns >= os.stat(path + "-wal").st_mtime_ns)


def good_is(pager, name, user):
    with contextlib.suppress(OSError), open(
            os.path.join(pager.state, "calendars", name, "good"), errors="replace") as file:
        return f"SUMMARY:{user}" in file.read()
    return False


def reload(pager, change):
    with open(pager.config) as file:
        text = file.read()
    pager.write("pagerd.cfg", change(text))
    done = pager.pagectl("config", "reload")
    assert done.returncode == 0, (done.stdout, done.stderr)


def instant(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def live(pager, gateway):
    """Everything that a pager writes, once or more."""
    key = pager.key("first")
    ann, bob = pager.token("ann"), pager.token("bob")

    def act(token, path, body=None):
        status, text, _ = pager.request("POST", path, body or {},
                                        {"Authorization": f"Bearer {token}"})
        assert status < 300, (path, status, text)

    senders(pager, key, "a", 4)
    wait_for("pages", lambda: len(gateway.taken("+4915550100001")) >= 8)
    act(ann, "/v1/incidents/1/ack")
    act(bob, "/v1/incidents/2/ack")
    idle(pager)
    act(ann, "/v1/incidents/1/resolve")
    act(ann, "/v1/overrides", {"team": "ops", "user": "cat", "role": "primary",
                               "from": instant(0), "until": instant(86400)})
    pager.write_calendar("secondary", "dan")
    pager.pagectl("calendar", "refresh", "secondary")
    wait_for("the new calendar", lambda: good_is(pager, "secondary", "dan"))
    feed = pager.request("POST", "/v1/keys", {"name": "feed", "feed": True, "user": "ann"},
                         {"Authorization": f"Bearer {ann}"})
    assert feed[0] == 200, feed
    address = json.loads(feed[1])
    place = next(value for value in address.values()
                 if isinstance(value, str) and "/feed/" in value)
    assert pager.get(place[place.index("/feed/"):])[0] == 200
    pager.write("conf.d/more.cfg", "# nothing yet\n")
    reload(pager, lambda text: text.replace('wait = "1h" }, {', 'wait = "2h" }, {'))
    second = pager.key("second")
    idle(pager)
    senders(pager, second, "b", 5)
    act(bob, "/v1/incidents/3/ack")
    act(ann, "/v1/incidents/4/escalate")
    assert pager.alert(second, dedup_key="b0-0", action="resolve")[0] == 202
    pager.write("conf.d/more.cfg", "# a comment that makes another version\n")
    reload(pager, lambda text: text.replace('wait = "2h" }, {', 'wait = "3h" }, {'))
    pager.write_calendar("secondary", "eve")
    pager.pagectl("calendar", "refresh", "secondary")
    wait_for("the next calendar", lambda: good_is(pager, "secondary", "eve"))
    senders(pager, second, "c", 5)
    act(ann, "/v1/incidents/ack", {"all": True})
    wait_for("pages", lambda: len(gateway.taken()) >= 28)


def same_files(left, right):
    """Names of files that differ, the index of the log left out: it is made anew by every start."""
    different = []
    for first, second in ((left, right), (right, left)):
        for place, _, leaves in os.walk(first):
            for leaf in leaves:
                one = os.path.join(place, leaf)
                other = os.path.join(second, os.path.relpath(one, first))
                if not leaf.endswith("-shm") and not (
                        os.path.exists(other) and filecmp.cmp(one, other, shallow=False)):
                    different.append(os.path.relpath(one, first))
    return sorted(set(different))


class Recording:
    """A life on disk: trace, log, and the configuration that it was lived by."""

    def __init__(self, gateway, folder=None):
        self.folder = folder or tempfile.mkdtemp(prefix="pagerd-power-", dir=TEMP)
        self.gateway = gateway
        self.log = os.path.join(self.folder, "log")
        self.config = os.path.join(self.folder, "config/pagerd.cfg")
        if not folder:
            self.record()

    def record(self):
        need("strace")
        with House(channels=self.gateway.config(), notify=NOTIFY, escalate=STEPS) as pager:
            trace = os.path.join(self.folder, "trace")
            try:
                pager.start(wrap=(*power_record.STRACE, "-o", trace))
            except AssertionError:
                if "ptrace" in pager.log() or "Operation not permitted" in pager.log():
                    part.skip("strace may not trace here")
                raise
            live(pager, self.gateway)
            pager.stop()
            self.understand(pager, trace)
            shutil.copytree(pager.dir, os.path.join(self.folder, "config"),
                            ignore=lambda _, names: set(names) - {
                                "conf.d", "more.cfg", "pagerd.cfg", "primary.ics",
                                "secondary.ics"})
        if not made.keep:
            os.unlink(trace)

    def understand(self, pager, trace):
        recorder = power_record.Recorder(pager.state).run(trace)
        phones = {f"+491555010000{i + 1}": name
                  for i, name in enumerate(["ann", "bob", "cat", "dan", "eve", "fay"])}
        recorder.finish(phones)
        recorder.write(self.log)
        image = os.path.join(self.folder, "image")
        os.mkdir(image)
        subprocess.run([POWER, "--log", self.log, "--write", image], check=True,
                       stdout=subprocess.DEVNULL)
        different = same_files(os.path.join(image, "state"), pager.state)
        assert not different, f"the log does not see how these are written: {different}"
        shutil.rmtree(image)

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Broken(Exception):
    pass


def told(text):
    """The lines of power --write: (kind, number, word, user)."""
    return [tuple(line.split("\t")) for line in text.splitlines()]


def waiting(state):
    """Incidents in that image for which a page has to go out, as SQLite's own recovery has it."""
    path = os.path.join(state, "pagerd.db")
    if not os.path.exists(path):
        return set()
    with tempfile.TemporaryDirectory(dir=TEMP) as place:
        for ending in ("", "-wal", "-journal"):
            if os.path.exists(path + ending):
                shutil.copyfile(path + ending, os.path.join(place, "pagerd.db" + ending))
        database = sqlite3.connect(os.path.join(place, "pagerd.db"))
        try:
            return {row[0] for row in database.execute(
                "SELECT incident.number FROM page JOIN incident ON incident.number = page.incident "
                "WHERE page.state < 2 AND page.kind < 7 AND incident.state = 0")}
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                raise
            return set()
        finally:
            database.close()


class Real:
    """The real pagerd on the disk of one point."""

    def __init__(self, recording, point):
        self.recording, self.point = recording, point
        self.pager = House(users=["ann"])  # for its folder and its doors; not its configuration
        self.pager.config = os.path.join(os.path.dirname(self.pager.config), "broken.cfg")

    def run(self):
        with self.pager as pager:
            done = subprocess.run(
                [POWER, "--log", self.recording.log, "--config", self.recording.config, "--seed",
                 str(made.seed), "--point", str(self.point), "--write", pager.dir], check=True,
                capture_output=True, text=True)
            owed = waiting(pager.state)
            before = len(self.recording.gateway.taken())
            is_good = os.path.exists(os.path.join(pager.state, "config.good/.origin"))
            is_broken = is_good and self.point // made.real_every % 2 == 1
            if is_broken:  # the last good copy has to do
                pager.write("broken.cfg", "users: {{{\n")
            else:
                pager.config = self.recording.config
            pager.start()
            self.check(pager, told(done.stdout), owed, before)
            return {"real_starts": 1, "real_starts_with_last_good": int(is_broken)}

    def check(self, pager, facts, owed, before):
        listed = pager.ask("incidents", "--all", "--limit", "1000")["incidents"]
        known = {str(incident["number"]): incident for incident in listed}
        for kind, number, word, user in facts:
            incident = known.get(number)
            if kind in ("alert", "acked", "resolved") and incident is None:
                raise Broken(f"#{number} was accepted and is lost")
            if kind == "alert" and incident["dedup_key"] != word:
                raise Broken(f"#{number} is {incident['dedup_key']}, was {word}")
            if kind == "acked" and incident["acknowledged_by"] != user:
                raise Broken(f"#{number} was acked by {user}")
            if kind == "resolved" and incident["state"] != "resolved":
                raise Broken(f"#{number} was resolved")
        name = f"after-{self.point}"
        sent = pager.pagectl("alert", "host: " + name, "--key", name, "--team", "ops")
        if sent.returncode != 0:
            raise Broken(f"it takes no alert: {sent.stdout} {sent.stderr}")

        def texts():
            return [message["text"] for message in self.recording.gateway.taken()[before:]]

        wait_for("a page for a new alert", lambda: any(name in text for text in texts()))
        for number in owed:
            wait_for(f"the page of #{number} that was on its way",
                     lambda mark=f"#{number} ": any(mark in text for text in texts()))


def real_points():
    first = -(-made.first // made.real_every) * made.real_every
    return range(first, made.first + made.count, made.real_every)


def run_real(recording, tally):
    for point in real_points():
        try:
            tally.count(**Real(recording, point).run())
        except (Broken, AssertionError, subprocess.CalledProcessError) as error:
            tally.fail(point, f"the real pagerd: {error}", again(recording, point))


def run_deaf(recording, tally):
    """The same without the syncs of the write-ahead log must fail: else the cuts see nothing."""
    done = subprocess.run([POWER, "--log", recording.log, "--config", recording.config, "--temp",
                           TEMP, "--from", str(made.first), "--count", str(DEAF_COUNT), "--seed",
                           str(made.seed), "--deaf", "1"], stdout=subprocess.PIPE, text=True)
    lost = sum(" lost: " in line for line in done.stdout.splitlines())
    if lost < DEAF_COUNT / 10:
        tally.fail(made.first, f"without syncs only {lost} of {DEAF_COUNT} cuts lost anything",
                   again(recording, made.first))
    tally.count(planted_cuts=DEAF_COUNT, planted_cuts_seen=lost)


def again(recording, point):
    return (f"/usr/bin/python3 -B tests/faults/power.py --build {made.build} --from {point} "
            f"--count 1 --seed {made.seed} --jobs 1 --real-every 1 --log {recording.folder}"
            + (f" --flip --stride {made.stride}" if made.flip else ""))


def run_points(recording, tally):
    """The many points, by the program; beside it, some of them by the real pagerd."""
    words = [POWER, "--log", recording.log, "--config", recording.config, "--temp", TEMP,
             "--from", str(made.first), "--count", str(made.count), "--seed", str(made.seed),
             "--jobs", str(made.jobs), *(["--flip", str(made.stride)] if made.flip else [])]
    program = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    lines = []
    reader = threading.Thread(target=lambda: lines.extend(program.stdout))
    reader.start()
    if not made.flip:
        run_deaf(recording, tally)
        run_real(recording, tally)
    reader.join()
    status = program.wait()
    if status not in (0, 1) or not lines:
        tally.fail(made.first, f"power ended with {status}", again(recording, made.first))
        return
    figures = json.loads(lines.pop())
    for line in lines:
        point, what = line.strip().split(" ", 1)[1].split(" ", 1)
        tally.fail(int(point), what, again(recording, int(point)))
    del figures["failed"]
    tally.done += made.count
    tally.count(**figures)


def result_write(tally, seconds):
    line = {"part": made.name, "from": made.first, "count": made.count, "seed": made.seed,
            "done": tally.done, "failed": tally.failed, "seconds": round(seconds, 1),
            "figures": dict(sorted(tally.figures.items())), "commit": part.commit()}
    print(json.dumps(line))
    if made.result:
        with open(made.result, "a") as file:
            file.write(json.dumps(line) + "\n")


def main():
    started = time.monotonic()
    gateway = Gateway()
    recording = Recording(gateway, made.log)
    tally = part.Tally(made)
    if made.log:
        aim(recording, gateway)
    run_points(recording, tally)
    gateway.close()
    result_write(tally, time.monotonic() - started)
    if tally.failed or made.keep:
        print(f"the recording is kept in {recording.folder}")
    elif not made.log:
        recording.remove()
    sys.exit(1 if tally.failed else 0)


def aim(recording, gateway):
    """An old recording's configuration names the gateway of its day."""
    with open(recording.config) as file:
        text = file.read()
    start = text.index("http://127.0.0.1:", text.index("sms:")) + len("http://127.0.0.1:")
    end = text.index("/send", start)
    with open(recording.config, "w") as file:
        file.write(text[:start] + str(gateway.port) + text[end:])


main()
