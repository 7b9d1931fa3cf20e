#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""No memory, at every allocation: a real pagerd may die of it, but never does or says what is wrong.

oom_shim.so is preloaded and lets one allocation fail ("once"), or that one and all after it
("sticky"). Dying is by design: by abort, with a line that says "out of memory". What must hold
whatever fails: no other signal, no hang, no exit 0 of what did not do its work, no 2xx for what is
not on disk after an undisturbed restart, a page for everything accepted, no ack that nobody made.

  oom.py --build DIR --sites            every way to an allocation once, some of them sticky
  oom.py --build DIR --sites --sample N the same where points take no time, and N of the others,
                                        which are others at each commit; all with PAGERD_TESTS_LONG
  oom.py --build DIR --from K --count N points of the campaign: allocation numbers, in order
  oom.py --build DIR --scenario NAME --number N [--another M] [--sticky]   one point again
"""
import argparse
import concurrent.futures
import contextlib
import http.client
import json
import mmap
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

DEADLINE = 60  # seconds; beyond it something hangs
FRAMES_MAX, FRAME_SIZE, SITES_MAX = 24, 112, 65536
HEAD = struct.Struct("<IIIIQQQQ")
CONTROL_SIZE = HEAD.size + FRAMES_MAX * FRAME_SIZE + SITES_MAX * 16
MODE_OFF, MODE_NUMBER, MODE_SITE, MODE_LIST = range(4)
STICKY_STRIDE = 6  # of the sites, one in so many is also tried sticky
MONTH = ("--from", "2026-03-02T00:00:00Z", "--until", "2026-04-02T00:00:00Z")


class Wrong(Exception):
    """What must hold does not."""


class Point:
    """Which allocation fails, in which scenario."""

    def __init__(self, scenario, number=0, site=0, sticky=False, another=0):
        self.scenario, self.number, self.site = scenario, number, site
        self.sticky, self.another = sticky, another

    def words(self):
        what = f"--site {self.site:x}" if self.site else f"--number {self.number}"
        more = f" --another {self.another}" if self.another else ""
        return f"--scenario {self.scenario} {what}{more}" + (" --sticky" if self.sticky else "")


class Control:
    """The file that the shim maps: what is to fail, and what has."""

    def __init__(self, path):
        self.path = path
        with open(path, "wb") as file:
            file.truncate(CONTROL_SIZE)
        with open(path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), CONTROL_SIZE)

    def set(self, point, mode=None):
        if mode is None:
            mode = MODE_SITE if point.site else MODE_NUMBER
        self.map[:] = HEAD.pack(0, mode, point.sticky, SCENARIOS[point.scenario][3], point.site or point.number,
                                point.another, 0, 0) + bytes(CONTROL_SIZE - HEAD.size)

    def arm(self, is_armed=True):
        self.map[0:4] = struct.pack("<I", is_armed)

    def count(self):
        return HEAD.unpack_from(self.map)[6]

    def failed(self):
        return HEAD.unpack_from(self.map)[7]

    def where(self):
        frames = []
        for i in range(FRAMES_MAX):
            at = HEAD.size + i * FRAME_SIZE
            frame = self.map[at:at + FRAME_SIZE].split(b"\0")[0].decode()
            if frame:
                frames.append(frame)
        return frames

    def sites(self):
        """{hash: number of its first allocation}"""
        at = HEAD.size + FRAMES_MAX * FRAME_SIZE
        found = struct.unpack_from(f"<{2 * SITES_MAX}Q", self.map, at)
        return {found[i]: found[i + 1] for i in range(0, len(found), 2) if found[i]}


def wait(what, condition):
    end = time.monotonic() + DEADLINE
    while True:
        got = condition()
        if got:
            return got
        if time.monotonic() > end:
            raise Wrong(f"waited {DEADLINE} s for {what}")
        time.sleep(0.002)


class Worker:
    """A pagerd of its own to kill again and again: folder, gateway, and a state to begin with."""

    def __init__(self, shim):
        import house
        import sinks
        self.kit = house
        self.shim = shim
        self.gateway = sinks.Gateway()
        self.house = house.House(
            channels=self.gateway.config(), escalate='( { page = "primary", wait = "1h" } )',
            notify='notify: { normal: ( { after = "0s", via = [ "sms" ] } ) }')
        self.control = Control(self.house.path("control"))
        self.accepted, self.acked, self.process = {}, set(), None
        self.make_template()

    def make_template(self):
        """Keys, and an incident that is open: what a start has to read."""
        self.house.start()
        self.key, self.token = self.house.key(), self.house.token("bob")
        self.house.alert(self.key, dedup_key="old", summary="old trouble")
        self.gateway.wait("+4915550100001")
        wait("the old page to be sent",
             lambda: {p["state"] for p in self.house.pages(1)} <= {"sent", "delivered"})
        self.house.stop()
        self.template = self.house.path("template")
        shutil.copytree(self.house.state, self.template)

    def close(self):
        self.end(signal.SIGKILL)
        self.house.close()
        self.gateway.close()

    # --- the process ---

    def fresh(self):
        shutil.rmtree(self.house.state, ignore_errors=True)
        shutil.copytree(self.template, self.house.state)
        with open(self.house.path("pagerd.log"), "w"):
            pass
        with self.gateway.lock:
            self.gateway.messages.clear()
        self.accepted, self.acked = {}, set()

    def environment(self, role):
        return {"LD_PRELOAD": self.shim, "OOM_CONTROL": self.control.path, "OOM_ROLE": role}

    def launch(self, role=None):
        """Starts pagerd; True when it says that it is up, False when it has ended."""
        before = self.house.log().count(" is up: ")
        self.house.start(env=self.environment(role) if role else None, wait=False)
        self.process = self.house.process
        return wait("pagerd to come up or to end", lambda: (
            "up" if self.house.log().count(" is up: ") > before
            else "ended" if not self.process.is_alive() else None)) == "up"

    def end(self, number):
        """Ends pagerd, and says what it ended with."""
        if self.process is None:
            return 0
        if self.process.is_alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process.pid, number)
        try:
            status = self.process.child.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            raise Wrong(f"did not end within {DEADLINE} s of signal {number}") from None
        finally:
            self.process.kill()  # its children, too
            self.process.file.close()
            self.process = self.house.process = None
        return status

    def is_known_crash(self):
        """libconfig 1.5 uses what malloc gave without a look: its NULL is an end, too."""
        return any("libconfig" in frame for frame in self.control.where()[:3])

    def judge_end(self, status, is_asked):
        """How pagerd may end: as asked, or by abort, which says why, or by a failure it tells."""
        log = self.house.log()
        if status == 0 and not is_asked:
            raise Wrong("ended with exit 0 as if all were well")
        if status == -signal.SIGSEGV and self.is_known_crash():
            return
        if status < 0 and status != -signal.SIGABRT:
            raise Wrong(f"died of {signal.Signals(-status).name}")
        if status == -signal.SIGABRT and "out of memory" not in log:
            raise Wrong("aborted without saying that it is out of memory")
        if status > 0 and "<3>" not in log and "out of dynamic memory" not in log:
            raise Wrong(f"exit {status} without an error in the log")
        for line in log.splitlines():
            if "runtime error" in line or "Assertion" in line:
                raise Wrong(line)

    # --- the doors ---

    def request(self, method, path, body=None, **headers):
        """Status and text, or 0 when the connection broke."""
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.house.port, timeout=DEADLINE)
            with contextlib.closing(connection):
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                return answer.status, answer.read().decode()
        except TimeoutError:
            raise Wrong(f"{method} {path} was not answered within {DEADLINE} s") from None
        except (OSError, http.client.HTTPException):
            return 0, ""

    def send(self, path, key, summary, body):
        status, text = self.request("POST", path, json.dumps(body), Authorization=(
            "Bearer " + self.key), **{"Content-Type": "application/json"})
        if 200 <= status < 300:
            self.accepted[key] = summary
        elif status and status < 500:
            raise Wrong(f"{path} was refused with {status}: {text[:200]}")
        return status

    def alert(self, key):
        return self.send("/v1/alerts", key, f"trouble {key}", {
            "summary": f"trouble {key}", "severity": "critical", "dedup_key": key,
            "labels": {"host": "db1", "disk": "sda"}})

    def enqueue(self, key):
        return self.send("/v2/enqueue", key, f"trouble {key}", {
            "routing_key": self.key, "event_action": "trigger", "dedup_key": key,
            "payload": {"summary": f"trouble {key}", "source": "db1", "severity": "critical"}})

    def ack(self, number):
        status, _ = self.request("POST", f"/v1/incidents/{number}/ack", "{}", Authorization=(
            "Bearer " + self.token), **{"Content-Type": "application/json"})
        if 200 <= status < 300:
            self.acked.add(number)
        return status

    def is_paged(self, summary):
        return any(summary in message["text"] for message in self.gateway.taken())

    def incidents(self):
        status, text = self.request("GET", "/v1/incidents?all=1",
                                    Authorization="Bearer " + self.token)
        if status != 200:
            raise Wrong(f"the list of incidents is refused: {status} {text[:200]}")
        return {row["dedup_key"]: row for row in json.loads(text)["incidents"]}

    def launch_again(self):
        """A child of the one before may live on for a moment, and hold its lock."""
        for _ in range(100):
            if self.launch():
                return
            if "another pagerd" not in self.house.log().splitlines()[-1]:
                break
            self.end(signal.SIGKILL)
            time.sleep(0.1)
        raise Wrong("does not start again")

    def verify(self):
        """After an undisturbed restart everything accepted is there, and is paged."""
        self.launch_again()
        known = self.incidents()
        for key, summary in {"old": "old trouble", **self.accepted}.items():
            row = known.get(key)
            if row is None:
                raise Wrong(f"'{key}' was accepted and is not there after the restart")
            if row["number"] in self.acked and row["state"] != "acknowledged":
                raise Wrong(f"the ack of #{row['number']} is lost")
            if row["state"] == "acknowledged" and row["acknowledged_by"] != "bob":
                raise Wrong(f"#{row['number']} is acked by '{row['acknowledged_by']}'")
            if row["state"] == "triggered" and key != "old":
                wait(f"the page of '{key}'", lambda: self.is_paged(summary))
        self.end(signal.SIGKILL)


# --- scenarios: each lives a life in which the point's allocation fails, and says what is wrong ---


def is_running(worker):
    return worker.process.is_alive()


def finish(worker, is_alive):
    """The end of a life, and what is on disk after it."""
    worker.control.arm(False)
    is_asked = is_alive and is_running(worker)
    worker.judge_end(worker.end(signal.SIGTERM), is_asked)
    worker.verify()


def life_go_on(worker, key):
    """With its memory back it takes an alert and pages, unless it has died."""
    worker.control.arm(False)
    status = worker.alert(key)
    if status != 202:
        wait("pagerd to end, since it takes no alert", lambda: not is_running(worker))
        return False
    wait(f"the page of '{key}'",
         lambda: worker.is_paged(f"trouble {key}") or not is_running(worker))
    return is_running(worker)


def scenario_start(worker, point):
    worker.fresh()
    worker.control.set(point)
    worker.control.arm()
    is_up = worker.launch("daemon")
    finish(worker, is_up and life_go_on(worker, "after"))


def life_steps(worker):
    """Alerts in, a page out, an ack; each a step that may find pagerd gone."""
    yield lambda: worker.alert("one")
    yield lambda: worker.enqueue("two")
    yield lambda: worker.request("POST", "/v1/alerts", '{"summary": [', Authorization=(
        "Bearer " + worker.key))
    yield lambda: wait("the page of 'one'", lambda: (
        "one" not in worker.accepted or worker.is_paged("trouble one") or not is_running(worker)))
    yield lambda: worker.ack(2)
    yield lambda: worker.request("GET", "/v1/incidents/2", Authorization="Bearer " + worker.token)
    yield lambda: worker.request("GET", "/metrics")
    yield lambda: worker.request("GET", "/v1/status", Authorization="Bearer " + worker.token)


def scenario_life(worker, point):
    worker.fresh()
    worker.control.set(point)
    if not worker.launch("daemon"):
        raise Wrong("does not start undisturbed")
    worker.control.arm()
    for step in life_steps(worker):
        step()
        if not is_running(worker):
            break
    finish(worker, is_running(worker) and life_go_on(worker, "after"))


def child_life(worker, point, role, is_armed_long):
    """A child dies of it; pagerd itself never does."""
    worker.fresh()
    worker.control.set(point)
    worker.control.arm()
    if not worker.launch(role):
        raise Wrong(f"pagerd ended because its {role} had no memory")
    if worker.alert("one") != 202:
        raise Wrong(f"no alert is taken because the {role} has no memory")
    if not is_armed_long:
        wait("a page or a failure", lambda: (
            worker.is_paged("trouble one") or worker.control.failed() > 0))
    worker.control.arm(False)
    wait("the page of 'one'", lambda: worker.is_paged("trouble one"))
    status = worker.end(signal.SIGTERM)
    if status != 0:
        raise Wrong(f"pagerd ended with {status} because its {role} had no memory")
    worker.verify()


def scenario_courier(worker, point):
    child_life(worker, point, "courier", False)


def scenario_reader(worker, point):
    child_life(worker, point, "reader", True)


def run_tool(worker, role, argv, timeout=DEADLINE):
    env = {**os.environ, **worker.environment(role), "TZ": "Europe/Berlin",
           "PAGECTL_SERVER": worker.house.socket, "XDG_CACHE_HOME": worker.house.path("cache"),
           "XDG_CONFIG_HOME": worker.house.path("login")}
    worker.control.arm()
    try:
        done = subprocess.run(argv, env=env, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        raise Wrong(f"{argv[1]} hangs") from None
    finally:
        worker.control.arm(False)
    if done.returncode < 0 and done.returncode != -signal.SIGABRT:
        raise Wrong(f"died of {signal.Signals(-done.returncode).name}")
    if done.returncode != 0 and not done.stderr.strip():
        raise Wrong(f"exit {done.returncode} without a word")
    if done.returncode == -signal.SIGABRT and "out of memory" not in done.stderr:
        raise Wrong(f"aborted without saying that it is out of memory: {done.stderr[:200]}")
    return done


def scenario_calendar(worker, point):
    """The expansion in the reader's code: the right shifts, or none and an exit that says so."""
    argv = [worker.kit.PAGERD, "--calendar", worker.house.path("primary.ics"), *MONTH,
            "--timezone", "Europe/Berlin", "--json"]
    if not hasattr(worker, "shifts"):
        worker.shifts = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    worker.control.set(point)
    done = run_tool(worker, "calendar", argv)
    if done.returncode == 0 and done.stdout != worker.shifts:
        raise Wrong(f"exit 0 with other shifts: {done.stdout[:300]}")


def tool_incident(worker, point):
    """A pagerd that is well, with a new incident; its number."""
    if worker.process is None:
        worker.fresh()
        worker.tool_count = 0
        if not worker.launch():
            raise Wrong("does not start")
    worker.tool_count += 1
    worker.control.set(point)
    return f"tool-{worker.tool_count}"


def scenario_ack(worker, point):
    """pagectl ack: says that it is done only when it is."""
    key = tool_incident(worker, point)
    if worker.alert(key) != 202:
        raise Wrong("the alert is not taken")
    number = worker.incidents()[key]["number"]
    done = run_tool(worker, "pagectl", [worker.kit.PAGECTL, "ack", str(number)])
    row = worker.incidents()[key]
    if row["state"] != "acknowledged" and (done.returncode == 0 or "Acked" in done.stdout):
        raise Wrong(f"exit {done.returncode} and '{done.stdout[:80]}' but it is {row['state']}")
    if done.returncode == 0 and "Acked" not in done.stdout:
        raise Wrong(f"exit 0 without a word: '{done.stdout[:80]}'")


def scenario_send(worker, point):
    """pagectl alert: exit 0 only when pagerd has the alert."""
    key = tool_incident(worker, point)
    done = run_tool(worker, "pagectl", [worker.kit.PAGECTL, "alert", "--key", key, "trouble",
                                        "--team", "ops", "--severity", "critical"])
    if done.returncode == 0 and key not in worker.incidents():
        raise Wrong(f"exit 0 and '{done.stdout[:80]}' but the alert is not there")


# Name: what it does, its share of the campaign's points, whether its pagerd lives on, and how many
# frames make a site (a point of the courier takes seconds, which its restart waits).
SCENARIOS = {
    "start": (scenario_start, 6, False, 4),
    "life": (scenario_life, 5, False, 5),
    "courier": (scenario_courier, 1, False, 3),
    "reader": (scenario_reader, 1, False, 4),
    "calendar": (scenario_calendar, 1, True, 6),
    "ack": (scenario_ack, 1, True, 6),
    "send": (scenario_send, 1, True, 4),
}
CYCLE = [name for name, row in SCENARIOS.items() for _ in range(row[1])]


def attempt(worker, point):
    """One point; what is wrong, or None. The figures are of what happened."""
    perform, _, is_kept, _ = SCENARIOS[point.scenario]
    if not is_kept and worker.process is not None:
        worker.end(signal.SIGKILL)
    try:
        perform(worker, point)
        return None
    except Wrong as wrong:
        where = "\n    ".join(worker.control.where()[:16])
        log = worker.house.log()[-1500:]
        with contextlib.suppress(Wrong):
            worker.end(signal.SIGKILL)
        return f"{wrong}\n    {where}\n{log}"


def calibrate(worker, names):
    """How many allocations each scenario has, and its sites, by an undisturbed life of each."""
    counts, sites = {}, {}
    for name in names:
        never = Point(name)
        original = worker.control.set
        worker.control.set = lambda point, mode=MODE_LIST: original(point, mode)
        problem = attempt(worker, never)
        worker.control.set = original
        if problem:
            raise SystemExit(f"oom: '{name}' fails undisturbed: {problem}")
        counts[name] = worker.control.count()
        sites[name] = sorted(worker.control.sites().items(), key=lambda row: row[1])
    return counts, sites


def campaign_point(number, counts, seed):
    """Allocation numbers in order, once and sticky alternating; past the last one, pairs of them."""
    name = CYCLE[number % len(CYCLE)]
    share = SCENARIOS[name][1]
    turn = number // len(CYCLE) * share + number % len(CYCLE) - CYCLE.index(name)
    index, is_sticky = turn // 2, turn % 2 == 1
    if index < counts[name]:
        return Point(name, number=index + 1, sticky=is_sticky)
    chance = random.Random(f"{seed}:{number}")
    pair = sorted(chance.randint(1, counts[name]) for _ in range(2))
    return Point(name, number=pair[0], another=pair[1])


def site_points(sites, names):
    points = []
    for name in names:
        for i, (site, _) in enumerate(sites[name]):
            points.append(Point(name, site=site))
            if i % STICKY_STRIDE == 0:
                points.append(Point(name, site=site, sticky=True))
    return points


def sampled(points, count):
    """A program that is started beside a pagerd that lives on takes a hundredth of a life: all of these."""
    costly = [point for point in points if not SCENARIOS[point.scenario][2]][:count]
    return [point for point in points if SCENARIOS[point.scenario][2] or point in costly]


class Tally:
    def __init__(self, options):
        self.options, self.lock = options, threading.Lock()
        self.done, self.failures, self.figures = 0, 0, {}

    def add(self, point, hit, problem):
        with self.lock:
            self.done += 1
            kind = f"oom_{point.scenario}_{'sticky' if point.sticky else 'once'}"
            self.figures[kind] = self.figures.get(kind, 0) + 1
            if not hit:
                self.figures["oom_not_reached"] = self.figures.get("oom_not_reached", 0) + 1
            if problem:
                self.failures += 1
                print(f"FAILED oom.py --build {self.options.build} {point.words()}: {problem}",
                      flush=True)


def run(workers, points, tally):
    queue, lock = iter(points), threading.Lock()

    def work(worker):
        while True:
            with lock:
                point = next(queue, None)
            if point is None:
                return
            problem = attempt(worker, point)
            tally.add(point, worker.control.failed() > 0, problem)

    with concurrent.futures.ThreadPoolExecutor(len(workers)) as pool:
        for future in [pool.submit(work, worker) for worker in workers]:
            future.result()


def commit_of(source):
    done = subprocess.run(["git", "-C", source, "rev-parse", "--short", "HEAD"],
                          capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def options_parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--build", default=os.environ.get("PAGERD_BUILD", "build/gcc"))
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--count", type=int)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--result")
    parser.add_argument("--sites", action="store_true")
    parser.add_argument("--sample", type=int, metavar="N")
    parser.add_argument("--scenario", choices=sorted(SCENARIOS))
    parser.add_argument("--number", type=int, default=0)
    parser.add_argument("--another", type=int, default=0)
    parser.add_argument("--site", type=lambda text: int(text, 16), default=0)
    parser.add_argument("--sticky", action="store_true")
    made = parser.parse_args()
    if os.environ.get("PAGERD_TESTS_LONG"):
        made.sample = None
    if made.seed is None:
        made.seed = commit_number() if made.sample else 1
    return made


def commit_number():
    """A seed of whoever has no reason for another: what one commit leaves out is tried at the next."""
    commit = commit_of(os.path.dirname(os.path.abspath(__file__)))
    return 1 if commit == "unknown" else int(commit, 16)


def points_of(options, worker):
    if options.scenario and (options.number or options.site):
        return [Point(options.scenario, options.number, options.site, options.sticky,
                      options.another)]
    names = [options.scenario] if options.scenario else list(SCENARIOS)
    counts, sites = calibrate(worker, names)
    print("allocations: " + ", ".join(f"{name} {counts[name]} by {len(sites[name])} ways"
                                      for name in names), flush=True)
    if options.sites:
        points = site_points(sites, names)
        chance = random.Random(options.seed)
        chance.shuffle(points)  # those that wait beside those that work
        last = len(points) if options.count is None else options.first + options.count
        chosen = points[options.first:last] if options.sample is None else sampled(points, options.sample)
        print(f"seed {options.seed}: {len(chosen)} of {len(points)} points", flush=True)
        return chosen
    last = options.first + (options.count or 100)
    if options.scenario:
        return [Point(options.scenario, number=i // 2 + 1, sticky=i % 2 == 1)
                for i in range(options.first, last)]
    return [campaign_point(i, counts, options.seed) for i in range(options.first, last)]


def main():
    options = options_parse()
    os.environ["PAGERD_BUILD"] = options.build
    shim = os.path.abspath(os.path.join(options.build, "tests/faults/oom_shim.so"))
    if not os.path.exists(shim):
        print(f"SKIPPED: {shim} is not built (a build with sanitizers has none)")
        return 77
    started, tally, workers = time.monotonic(), Tally(options), [Worker(shim)]
    try:
        points = points_of(options, workers[0])
        workers += [Worker(shim) for _ in range(min(options.jobs, len(points)) - 1)]
        run(workers, points, tally)
    finally:
        for worker in workers:
            worker.close()
    line = {"part": "oom", "from": options.first, "count": len(points), "seed": options.seed,
            "done": tally.done, "failed": tally.failures,
            "seconds": round(time.monotonic() - started, 1), "figures": tally.figures,
            "commit": commit_of(os.path.dirname(os.path.abspath(__file__)))}
    print(json.dumps(line))
    if options.result:
        with open(options.result, "a") as file:
            file.write(json.dumps(line) + "\n")
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
