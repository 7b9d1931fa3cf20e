#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The wall clock is set, in the middle of incidents, while pagerd is down, and after a wrong start.

A point is a step (its size) at a moment. Whatever the wall clock does, a running duration takes as
long as it takes: the page comes neither early nor never, once, and to whoever is on call by the new
time. The clock is that of clock_shim.c; the real one is left alone. Some points are done again with
libfaketime, where it is installed.
"""
import datetime
import glob
import itertools
import os
import time

import clock_shim
import points

OPTIONS = points.options("clock", 117)

from house import House, skip, wait_for  # noqa: E402  (after the build folder is known)
from sinks import Gateway, link_of  # noqa: E402

SHIM = clock_shim.library(OPTIONS.build)
FAKETIME = next(iter(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")), None)
ANN, BOB = "+4915550100001", "+4915550100002"
DELAY = 3  # seconds of every duration that is under way when the clock is set
EARLY = 1  # seconds that it may come too soon, by rounding
AT_ONCE = 40  # houses
REST = 3  # seconds in which nothing may happen
MINUTE, HOUR, DAY, YEAR = 60, 3600, 86400, 365 * 86400
EPOCH = "1970"  # a machine without a battery for its clock
SIZES = [sign * size for size in (1, MINUTE, HOUR, DAY, YEAR, 10 * YEAR) for sign in (1, -1)]
SIZES.append(EPOCH)

CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//pagerd//test//EN
BEGIN:VEVENT
UID:{name}@test
SUMMARY:{user}
DTSTART:19600101T000000Z
DTEND:19600102T000000Z
RRULE:FREQ=DAILY
END:VEVENT
END:VCALENDAR
"""


def seconds_of(size):
    return 60 - int(time.time()) if size == EPOCH else size


class Shim(clock_shim.Clock):
    def __init__(self, path):
        super().__init__(path, OPTIONS.build)


class FakeTime:
    """The second opinion: libfaketime, which reads a file."""

    def __init__(self, path):
        self.path = path
        self.set(0)
        self.env = {"LD_PRELOAD": FAKETIME, "FAKETIME_TIMESTAMP_FILE": path,
                    "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}

    def set(self, shift):
        with open(self.path + ".new", "w") as file:
            file.write(f"{shift:+d}\n")
        os.rename(self.path + ".new", self.path)


class Pager(House):
    """A house whose wall clock the test sets."""

    def __init__(self, gateway, clock, after="0s", wait=f"{DELAY}s"):
        super().__init__(
            channels=gateway.config(), team=f'ack-timeout = "{DELAY}s"',
            notify=f'notify: {{ normal: ( {{ after = "{after}", via = [ "sms" ] }} ) }}',
            escalate=f'( {{ page = "primary", wait = "{wait}" }}, '
                     '{ page = "secondary", wait = "1h" } )')
        self.gateway = gateway
        self.clock = clock(self.path("shift"))
        self.boots = 0

    def write_calendar(self, name, user):
        return self.write(f"{name}.ics", CALENDAR.format(name=name, user=user))

    def start(self, *options, **more):
        boot = self.write(f"boot-{self.boots}", f"00000000-0000-4000-8000-{self.boots:012}\n")
        more["env"] = {**self.clock.env, "CLOCK_SHIM_BOOT_ID": boot}
        return super().start(*options, **more)

    def ack_by_link(self, text):
        status = self.request("POST", link_of(text), "do=ack", points.FORM)[0]
        assert status == 303, f"the link answered {status}"

    def state_of(self, number):
        return self.show(number)["state"]

    def wait_page(self, to, count):
        """Asks pagerd meanwhile, as a person would who looks at the incident."""
        def has_come():
            self.incidents()
            return len(self.gateway.taken(to)) >= count
        wait_for(f"page {count} to {to}; came: {self.gateway.taken()}", has_come)
        return self.gateway.taken(to)[count - 1]


# --- the moments: each gives (who is paged next, how many by then, not before: monotonic) ---

def before_the_first_page(pager, shift, key):
    since = time.monotonic()
    assert pager.alert(key, dedup_key="a")[0] == 202
    pager.clock.set(shift)
    return ANN, 1, since + DELAY


def first_page(pager, key):
    since = time.monotonic()
    assert pager.alert(key, dedup_key="a")[0] == 202
    return since, pager.gateway.wait(ANN)[0]["text"]


def between_steps(pager, shift, key):
    since, _ = first_page(pager, key)
    pager.clock.set(shift)
    return BOB, 1, since + DELAY


def acknowledged(pager, shift, key):
    _, text = first_page(pager, key)
    since = time.monotonic()
    pager.ack_by_link(text)
    pager.clock.set(shift)
    return ANN, 2, since + DELAY


def snoozed_for(pager, shift, key):
    first_page(pager, key)
    since = time.monotonic()
    assert pager.act("ann", 1, "snooze", {"for_ms": DELAY * 1000})[0] == 200
    pager.clock.set(shift)
    return ANN, 2, since + DELAY


def snoozed_until(pager, shift, key):
    """Civil time: a step forward ends it; after one backward it is as long as the clock says, but
    for one of more than an hour: what was left of it then runs on as a duration."""
    first_page(pager, key)
    since = time.monotonic()
    until = pager.clock.now() + datetime.timedelta(seconds=DELAY)
    status, body, _ = pager.act("ann", 1, "snooze", {"until": until.isoformat()})
    assert status == 200, body
    pager.clock.set(shift)
    if shift < -HOUR:
        return ANN, 2, since + DELAY
    if shift < -REST:
        time.sleep(REST)
        assert len(pager.gateway.taken(ANN)) == 1, "woken before its time"
        pager.clock.set(0)
    return ANN, 2, since + (DELAY if shift < 0 else 0)


def restarted(pager, shift, key):
    since, _ = first_page(pager, key)
    pager.kill()
    pager.clock.set(shift)
    pager.start()
    return BOB, 1, since + DELAY


def rebooted(pager, shift, key):
    """What remains is counted by the wall clock: forward it is over, backward none of it is."""
    since, _ = first_page(pager, key)
    pager.kill()
    pager.clock.set(shift)
    pager.boots += 1
    pager.start()
    return BOB, 1, since + (DELAY if shift < 0 else 0)


def started_wrong(pager, shift, key):
    since, _ = first_page(pager, key)
    pager.clock.set(0)
    return BOB, 1, since + DELAY


MOMENTS = [before_the_first_page, between_steps, acknowledged, snoozed_for, snoozed_until,
           restarted, rebooted, started_wrong]
STEPPING = (between_steps, restarted, rebooted, started_wrong)
POINTS = [(Shim, *point) for point in itertools.product(SIZES, MOMENTS)]
POINTS += [(FakeTime, size, between_steps) for size in SIZES]


def rest(pager):
    """Nothing happens, and costs nothing."""
    sent = len(pager.gateway.taken())
    pids = [pager.process.pid, *points.children(pager.process.pid).values()]
    before, started = [points.cpu_seconds(pid) for pid in pids], time.monotonic()
    time.sleep(REST)
    assert len(pager.gateway.taken()) == sent, f"paged again: {pager.gateway.taken()}"
    used = sum(points.cpu_seconds(pid) for pid in pids) - sum(before)
    assert used < (time.monotonic() - started) / 2, f"{used} s of CPU time at rest"


def after_the_step(pager, key, page):
    """An old link acks, and a new alert finds who is on call by the new time."""
    if pager.state_of(1) == "triggered":
        pager.ack_by_link(page["text"])
        assert pager.state_of(1) == "acknowledged", pager.show(1)
    came = len(pager.gateway.taken(ANN))
    assert pager.alert(key, dedup_key="new")[0] == 202
    pager.wait_page(ANN, came + 1)
    assert pager.get("/healthz")[0] == pager.get("/readyz")[0] == 200
    assert "invariant" not in pager.log(), pager.log()


def point(number):
    """Nothing is left to chance: the seed has no part in it."""
    clock, size, moment = POINTS[number % len(POINTS)]
    if clock is FakeTime and FAKETIME is None:
        return {"without_libfaketime": 1}
    shift = seconds_of(size)
    gateway = Gateway()
    after = f"{DELAY}s" if moment is before_the_first_page else "0s"
    wait = f"{DELAY}s" if moment in STEPPING else "1h"
    with Pager(gateway, clock, after, wait) as pager:
        if moment is started_wrong:
            pager.clock.set(shift)
        pager.start()
        key = pager.key()
        who, count, not_before = moment(pager, shift, key)
        page = pager.wait_page(who, count)
        early = not_before - page["at"]
        assert early < EARLY, f"{early:.1f} s early"
        late = max(0, int((page["at"] - not_before) * 1000))
        rest(pager)
        if moment is not before_the_first_page:
            # After a reboot nobody can say that the first link is not as old as the clock claims.
            is_old = moment is rebooted and shift >= DAY
            after_the_step(pager, key, page if is_old else gateway.taken(ANN)[0])
    gateway.close()
    return {moment.__name__: 1, clock.__name__.lower(): 1, "late_ms_max": late}


if __name__ == "__main__":
    if not os.path.exists(SHIM):
        skip(f"{SHIM} is not built")
    points.run(OPTIONS, point, AT_ONCE)
