#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A disk that is full, at every size: the state directory is a small tmpfs.

Most points: alerts until there is no room. Senders hear 503, pages still go out, and when room is
made pagerd goes on by itself; whoever was told 202 is found after a kill -9, before there is room
or after. Some points: another
program fills the disk and pagerd is started again while it is full. Some: the disk turns read-only
under a running pagerd, and stays so for its next start.
"""
import contextlib
import json
import os
import subprocess
import sys
import time

import points

OPTIONS = points.options("room", 24)

import part  # noqa: E402
from house import House, need, wait_for  # noqa: E402  (after the build folder is known)
from sinks import Gateway  # noqa: E402

KIB = 1024
SMALLEST = 64  # KiB
STEP = 4  # KiB: the page of a tmpfs
STEPS = 512
SPREAD = 193  # has no factor in common with STEPS: so few points are spread over all sizes
LARGE = "64m"
ALERTS_MAX = 600
ANN, BOB = "+4915550100001", "+4915550100002"
NOTIFY = 'notify: { normal: ( { after = "0s", via = [ "sms" ] } ) }'
LADDER = ('( { page = "primary", wait = "3s" }, { page = "secondary", wait = "1h" } )')
ENTERED = "PAGERD_ROOM_ENTERED"
NO_ROOM = ("no room", "No space left", "disk is full")


class Broken(Exception):
    pass


def expect(condition, what):
    if not condition:
        raise Broken(what)


def mount(*words):
    done = subprocess.run(["mount", *words], capture_output=True, text=True)
    if done.returncode != 0:
        raise Broken(f"mount {' '.join(words)}: {done.stderr.strip()}")


def enter():
    """Mounts are made in a namespace of our own, so that they vanish with us."""
    if os.environ.get(ENTERED):
        return
    need("unshare", "mount")
    way = ["unshare", "--mount"] if os.getuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    tried = subprocess.run([*way, "mount", "-t", "tmpfs", "-o", "size=64k", "none", "/mnt"],
                           capture_output=True, text=True)
    if tried.returncode != 0:
        part.skip(f"no file system can be mounted here: {tried.stderr.strip()}")
    os.environ[ENTERED] = "1"
    os.execvp(way[0], [*way, sys.executable, "-B", *sys.argv])


class SmallHouse(House):
    """A House whose state directory is a disk of its own."""

    def __init__(self, size, gateway):
        super().__init__(channels=gateway.config(), notify=NOTIFY, escalate=LADDER)
        self.gateway = gateway
        self.accepted = set()
        self.asked = set()  # to be acknowledged, by ann
        self.acked = set()  # and she was told that it is
        os.mkdir(self.state)
        mount("-t", "tmpfs", "-o", f"size={size}k,mode=0700", "room", self.state)

    def close(self, is_failed=False):
        self.stop()
        subprocess.run(["umount", "--lazy", self.state], capture_output=True)
        super().close(is_failed)

    def remount(self, options):
        mount("-o", "remount," + options, self.state)

    def send(self, key, name):
        """The status; 0 when it did not answer."""
        try:
            status = self.alert(key, dedup_key=name, summary=f"host: {name}")[0]
        except OSError:
            return 0
        if status == 202:
            self.accepted.add(name)
        return status

    def start_or_refuse(self):
        """True: it is up. False: it ended, and its last words say that there is no room."""
        self.start(wait=False)

        def is_decided():
            if not self.process.is_alive():
                return "ended"
            try:
                return self.get("/healthz")[0] == 200 and "up"
            except OSError:
                return None

        if wait_for("pagerd to start, or to say why not", is_decided) == "up":
            return True
        said = self.log()[-2000:]
        expect(any(word in said for word in NO_ROOM), "it ended without saying that there is no "
               "room: " + said[-300:])
        self.process.stop()
        return False

    def texts(self, to, since=0):
        return [message["text"] for message in self.gateway.taken(to)[since:]]

    def judge(self):
        """All that was accepted is there after a kill -9."""
        self.kill()
        self.start()
        listed = self.ask("incidents", "--all", "--limit", "1000")["incidents"]
        known = {incident["dedup_key"]: incident for incident in listed}
        lost = self.accepted - set(known)
        expect(not lost, f"{len(lost)} accepted alerts are lost: {sorted(lost)[:5]}")
        unacked = {name for name in self.acked if known[name]["state"] != "acknowledged"}
        expect(not unacked, f"acked, and not any more: {sorted(unacked)[:5]}")
        by_nobody = {name for name, incident in known.items()
                     if incident["state"] == "acknowledged" and name not in self.asked}
        expect(not by_nobody, f"acked by nobody: {sorted(by_nobody)[:5]}")


def ask_key(pager, name="source"):
    """An integration key, or None when there is no room for it; its name may be taken then."""
    done = pager.pagectl("key", "add", name, "--team", "ops", "--json")
    if done.returncode == 0:
        return json.loads(done.stdout)["key"]
    expect("room" in done.stderr + done.stdout or "503" in done.stderr, "a key is refused: "
           + done.stderr)
    return None


def fill(pager, key):
    """Alerts until one is refused; how many were taken, or None when all were."""
    for count in range(ALERTS_MAX):
        status = pager.send(key, f"a{count}")
        if status != 202:
            expect(status == 503, f"an alert was answered with {status}")
            return count
    return None


def make_larger(pager):
    pager.remount(f"size={LARGE}")


def make_room(pager):
    make_larger(pager)
    wait_for("alerts to be taken again", lambda: pager.is_ready())


def by_alerts(pager, figures, is_killed=False):
    if not pager.start_or_refuse():
        figures["starts_refused"] = 1
        make_larger(pager)
        pager.start()
        return
    key = ask_key(pager)
    if key is None:
        figures["keys_refused"] = 1
        make_room(pager)
        key = ask_key(pager, "second")
        expect(key, "no key although there is room")
        expect(pager.send(key, "after") == 202, "no alert is taken although there is room")
        return
    count = fill(pager, key)
    figures["alerts_accepted"] = len(pager.accepted)
    if count is None:
        figures["never_full"] = 1
        return
    figures["full"] = 1
    while_full(pager, key)
    if is_killed:
        figures["killed_while_full"] = 1
        pager.kill()
        make_larger(pager)
        pager.start()
    else:
        make_room(pager)
    wait_for("a new alert to be taken", lambda: pager.send(key, "after") == 202)
    wait_for("its page", lambda: any("after" in text for text in pager.texts(ANN)))


def while_full(pager, key):
    """People are still paged; who was told 503 may try again and hears 503."""
    for to, what in ((ANN, "the page of each alert"), (BOB, "the next step, without a disk")):
        wait_for(what, lambda to=to: all(any(f"{name}." in text or f"{name} " in text
                                             for text in pager.texts(to))
                                         for name in pager.accepted))
    expect(pager.process.is_alive(), "it ended for want of room: " + pager.log()[-500:])
    status = pager.send(key, "late")
    expect(status in (503, 202), f"an alert was answered with {status}")
    done = pager.pagectl("ack", "1")
    pager.asked.add("a0")  # refused, it may still be on disk once there is room
    if done.returncode == 0 and "a0" in pager.accepted:
        pager.acked.add("a0")


def by_alerts_and_killed(pager, figures):
    """What was told must be on disk by then, not only in memory."""
    by_alerts(pager, figures, is_killed=True)


def by_others(pager, figures):
    """The rest of the disk is taken by another program, and pagerd is killed meanwhile."""
    if not pager.start_or_refuse():
        figures["starts_refused"] = 1
        make_larger(pager)
        pager.start()
        return
    key = ask_key(pager)
    if key is not None:
        pager.send(key, "before")
    pager.kill()
    with contextlib.suppress(OSError), open(os.path.join(pager.state, "other"), "wb") as other:
        while True:
            other.write(b"x" * KIB)
            other.flush()
    figures["starts_while_full"] = 1
    if pager.start_or_refuse():
        figures["started_while_full"] = 1
        if key is not None and "before" in pager.accepted:
            wait_for("the ladder goes on", lambda: pager.texts(ANN) and pager.texts(BOB))
        if key is not None:
            status = pager.send(key, "full")
            expect(status in (202, 503), f"an alert was answered with {status}")
        make_room(pager)
    else:
        make_larger(pager)
        pager.start()
    key = key or ask_key(pager, "second")
    wait_for("a new alert to be taken", lambda: pager.send(key, "after") == 202)


def read_only(pager, figures):
    """No write works any more, as after an error of a file system that then protects itself."""
    make_larger(pager)
    trace = ("strace", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null",
             "-P", os.path.join(pager.state, "pagerd.db"),
             "-P", os.path.join(pager.state, "pagerd.db-wal"), "-e", "trace=pwrite64,ftruncate",
             "-e", f"inject=pwrite64,ftruncate:error=EROFS:when={200 + pager.port % 300}+")
    try:
        pager.start(wrap=trace)
    except AssertionError:
        if "ptrace" in pager.log() or "PTRACE" in pager.log():
            figures["read_only_skipped"] = 1
            pager.process.stop()
            pager.start()
            return
        raise
    key = ask_key(pager)
    for count in range(ALERTS_MAX):
        status = pager.send(key, f"a{count}")
        if status != 202:
            break
    expect(status in (0, 503), f"an alert was answered with {status}")
    wait_for("it to end, to be started again", lambda: not pager.process.is_alive())
    said = [text for text in pager.texts(ANN) if "disk" in text]
    expect(said, "nobody was told that the disk fails")
    pager.process.stop()
    pager.remount("ro")
    pager.start(wait=False)
    wait_for("it to end, for it cannot write", lambda: not pager.process.is_alive())
    expect("Read-only file system" in pager.log(), "it does not say why: " + pager.log()[-300:])
    pager.process.stop()
    pager.remount("rw")
    pager.start()
    wait_for("a new alert to be taken", lambda: pager.send(key, "after") == 202)
    figures["read_only"] = 1


def size_of(number):
    return SMALLEST + STEP * (number * SPREAD % STEPS)


KINDS = [by_alerts, by_alerts_and_killed, by_others, by_alerts, by_alerts_and_killed, by_alerts,
         read_only, by_alerts_and_killed]


def point(number):
    figures = {"sizes": 1}
    gateway = Gateway()
    started = time.monotonic()
    try:
        with SmallHouse(size_of(number), gateway) as pager:
            KINDS[number % len(KINDS)](pager, figures)
            pager.judge()
    except (AssertionError, Broken) as error:
        raise Broken(f"{KINDS[number % len(KINDS)].__name__} with {size_of(number)} KiB: "
                     f"{error}") from error
    finally:
        gateway.close()
    figures["seconds_max"] = round(time.monotonic() - started, 1)
    return figures


enter()
points.run(OPTIONS, point, at_once=8)
