# SPDX-License-Identifier: MIT
"""Three times as many alerts as pagerd can take. What there is no room for gets 503, and is told; acks, looks
and another team's critical alert pass by what waits; nothing that was answered with 2xx is lost; memory
and queues stay bounded; and when it is over it is over.

pagerd is made slow by being stopped for most of the time, so that three times its rate is little for whoever
sends it. No time is judged: who overtook whom is, as pagerd itself counts it. Whoever is outside sees too little
of it: while an answer is on its way many others are, and on a slow machine that is most of the time.
"""
import contextlib
import json
import os
import re
import signal
import sqlite3
import threading
import time

from flood import Flood
from house import BUILD, House, main, skip, wait_for
from sinks import Gateway, link_of

LONG = bool(os.environ.get("PAGERD_TESTS_LONG"))
SIEGE_S = 60 if LONG else 1
MEASURE_S = 1.5
ANN, BOB = "+4915550100001", "+4915550100002"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
KEYS = 5000      # that a flood repeats, so that what is accepted does not fill the memory
NEW = 1 << 60    # keys: none is repeated
# What is beyond the limits of a key joins one incident, and is not to be found by its own.
UNLIMITED = "integrations: { flood: { rate = 1000000 burst = 10000000 open = 1000000 } }"
MEMORY_MAX = 200 << 10  # KiB more than before: connections, and what waits or is on its way to the disk
FEW = 20         # that wait: then it is too much; that overtake: then it is no chance
SLOW_DISK = os.path.join(BUILD, "tests/faults/libslow_disk_shim.so")


class Slow:
    """A slow machine: pagerd runs for some milliseconds, and is stopped for some."""

    def __init__(self, pid, run_ms=10, stop_ms=90):
        self.pid, self.run_s, self.stop_s = pid, run_ms / 1000, stop_ms / 1000
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.is_over.is_set():
            time.sleep(self.run_s)
            os.kill(self.pid, signal.SIGSTOP)
            self.is_over.wait(self.stop_s)
            os.kill(self.pid, signal.SIGCONT)

    def close(self):
        self.is_over.set()
        self.thread.join()


def house(gateway, extra=""):
    pager = House(channels=gateway.config(), notify='notify: { normal: ( { after = "0s", via = [ "sms" ] } ) }',
                  escalate='( { page = "primary", wait = "1h" } )', group=None, config=extra)
    pager.write("conf.d/teams.cfg", 'teams: { vault: { oncall = "bob" manager = "bob" '
                'escalate = ( { page = "oncall", wait = "1h" } ) } }')
    return pager


def metrics(pager):
    return {name: int(value) for name, value in re.findall(
        r'^pagerd_(\S+) (-?\d+)$', pager.get("/metrics")[1], re.M)}


def memory(pager, what="VmRSS"):
    with open(f"/proc/{pager.process.pid}/status", encoding="ascii") as file:
        return int(re.search(rf"{what}:\s+(\d+)", file.read()).group(1))


def overtaken(pager):
    """Calls of people, of which this is one, that were taken before older ones of sources."""
    return metrics(pager)["calls_overtaking_total"]


def problems(pager, reader):
    return " ".join(json.loads(pager.get("/v1/status", headers=reader)[1])["problems"])


def rate_of(pager, key, alerts, keys):
    """Alerts a second that it takes from senders who wait for their answers."""
    flood = Flood(port=pager.port, key=key, alerts=alerts, connections=128, keys=keys, prefix="measure")
    time.sleep(MEASURE_S)
    told = flood.end()
    assert set(told["counts"]) == {202} and not told["hung"] and not told["gone"], told
    return told["counts"][202] * alerts / told["seconds"]


class Deeds:
    """What people do meanwhile, and how long it takes."""

    def __init__(self):
        self.done = []

    def do(self, what, deed):
        begun_at = time.monotonic()
        got = deed()
        assert got, (what, got)
        self.done.append((what, begun_at, time.monotonic()))

    def told(self):
        return {what: round(1000 * (end - begun)) for what, begun, end in self.done}


def kept(pager, integration):
    with contextlib.closing(sqlite3.connect(f"file:{pager.state}/pagerd.db?mode=ro", uri=True)) as base:
        return {key for key, in base.execute("select dedup_key from alert where integration = ?", [integration])}


def to_be_acked(pager, gateway, other):
    """Two incidents by number, and the link of the second."""
    for name in ("pagectl", "link"):  # whoever finds out that a database is away may be refused
        wait_for("it to be taken", lambda: pager.alert(other, f"first {name}", dedup_key=name)[0] == 202)
    known = {one["dedup_key"]: one["number"] for one in pager.incidents()}
    said = f"#{known['link']} "
    link = wait_for("its page", lambda: [link_of(m["text"]) for m in gateway.taken(BOB) if said in m["text"]])[0]
    return known["pagectl"], known["link"], link


def people_act(pager, gateway, other, incidents, deeds):
    """All is asked once: what a person does gets no 503."""
    first, second, link = incidents
    deeds.do("ack by pagectl", lambda: pager.pagectl("ack", str(first)).returncode == 0)
    deeds.do("ack by link", lambda: pager.request("POST", link, "do=ack", FORM)[0] == 303)
    deeds.do("look", lambda: pager.get(link)[0] == 200)
    deeds.do("probe", lambda: pager.get("/healthz")[0] == 200 and pager.get("/readyz")[0] == 200)
    deeds.do("page of another", lambda: pager.alert(other, "the vault burns", dedup_key="vault")[0] == 202 and
             wait_for("the page", lambda: [m for m in gateway.taken(BOB) if "vault burns" in m["text"]]))
    states = {one["number"]: one["state"] for one in pager.incidents()}
    assert states[first] == states[second] == "acknowledged", states


def besieged(pager, gateway, alerts, connections, must_shed=True, keys=KEYS, pressure=3, siege_s=SIEGE_S):
    reader = {"Authorization": f"Bearer {pager.token('ann')}"}
    flood_key, other = pager.key("flood"), pager.key("other", "vault")
    incidents = to_be_acked(pager, gateway, other)
    rate = rate_of(pager, flood_key, alerts, keys)
    before = memory(pager)
    flood = Flood(port=pager.port, key=flood_key, alerts=alerts, connections=connections,
                  rate=pressure * rate / alerts, keys=keys)
    steady = Flood(port=pager.port, key=other, connections=2, rate=5, keys=20, prefix="steady")
    waits = 'calls_shed_total{of="sources"}' if must_shed else 'calls_waiting{of="sources"}'
    wait_for("it to be too much", lambda: metrics(pager)[waits] > (0 if must_shed else FEW))
    deeds = Deeds()
    people_act(pager, gateway, other, incidents, deeds)
    until = time.monotonic() + siege_s
    while time.monotonic() < until:
        now = metrics(pager)
        for who in ("people", "sources"):
            assert now[f'calls_waiting_work{{of="{who}"}}'] <= now[f'calls_waiting_work_max{{of="{who}"}}'], now
        assert now['calls_shed_total{of="people"}'] == 0, now
        time.sleep(0.2)
    overtaking = wait_for("people to overtake sources", lambda: overtaken(pager) >= FEW and overtaken(pager))
    if must_shed:
        wait_for("the problem", lambda: "more comes in than pagerd can take" in problems(pager, reader))
    told, calm = flood.end(), steady.end()
    grown = memory(pager, "VmHWM") - before
    # When it is over, it is over: the very next one is taken.
    assert pager.alert(flood_key, "after", dedup_key="after")[0] == 202
    judge(pager, reader, flood, told, calm, must_shed)
    assert grown < MEMORY_MAX, f"{before} KiB and {grown} more"
    print(f"  {alerts} a request: it takes {rate:.0f} alerts a second, was sent "
          f"{(told['sent'] + told['unsent']) * alerts / told['seconds']:.0f}; {told['counts']}, {told['unsent']} not "
          f"sent; ms (median, 99 %): {told['ms']}, of the other team {calm['ms']}; {deeds.told()}; "
          f"{overtaking} calls of people overtook; {grown // 1024} MiB more")
    return told


def judge(pager, reader, flood, told, calm, must_shed):
    assert not told["hung"] and not told["gone"], told
    assert set(told["counts"]) <= {202, 503} and told["counts"][202] > 0, told["counts"]
    assert told["is_polite"], "503 says when to come again"
    assert all("more comes of this sender than pagerd can take" in why for why in told["whys"]), told["whys"]
    assert set(calm["counts"]) == {202} and not calm["hung"] and not calm["gone"], calm
    lost = flood.keys_of(told["taken"]) - kept(pager, "flood")
    assert not lost, f"{len(lost)} of what got 202, such as {sorted(lost)[:3]}"
    shed = told["counts"].get(503, 0)
    assert metrics(pager)['calls_shed_total{of="sources"}'] == shed
    if must_shed:
        assert shed > 0
        # Once each time that it begins and ends: the rate that it can take is that of a shared machine.
        begun = pager.log().count("calls are refused with 503")
        assert begun == 1 or LONG, pager.log()
        wait_for("the log to say that it is over", lambda: pager.log().count("all calls are taken again") == begun)
        assert "most of them of key flood" in pager.log()
        assert "can take" not in problems(pager, reader)
    now = metrics(pager)
    assert now['calls_waiting{of="sources"}'] == now['calls_waiting_work{of="sources"}'] == 0


@contextlib.contextmanager
def slowly(pager, **how):
    slow = Slow(pager.process.pid, **how)
    try:
        yield
    finally:
        slow.close()


def batches_beyond_what_it_takes_are_refused_and_people_pass():
    gateway = Gateway()
    with house(gateway) as pager:
        pager.start()
        with slowly(pager, run_ms=20, stop_ms=60):
            besieged(pager, gateway, alerts=100, connections=800)
    gateway.close()


def single_alerts_wait_on_their_connections_and_people_pass():
    gateway = Gateway()
    with house(gateway) as pager:
        pager.start()
        with slowly(pager, run_ms=5):
            besieged(pager, gateway, alerts=1, connections=400, must_shed=False)
    gateway.close()


def a_slow_disk_sheds_as_well():
    """Nothing else is slow, so that a loaded machine changes nothing, and nothing repeats: a repeat need not be
    written, and waits for no disk."""
    if not os.path.exists(SLOW_DISK):
        skip("there is no slow disk in a build with sanitizers")
    gateway = Gateway()
    with house(gateway, UNLIMITED) as pager:
        pager.start(env={"LD_PRELOAD": SLOW_DISK, "SLOW_DISK_MS": "500"})
        besieged(pager, gateway, alerts=100, connections=800, keys=NEW, pressure=5, siege_s=5)
    gateway.close()


if __name__ == "__main__":
    main(batches_beyond_what_it_takes_are_refused_and_people_pass,
         *([single_alerts_wait_on_their_connections_and_people_pass, a_slow_disk_sheds_as_well] if LONG else []))
