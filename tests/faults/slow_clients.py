#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""5,000 slow clients hold on to pagerd's port, and an ack, an alert and a look must still pass.

A point is a crowd: half-sent headers, bodies a byte at a time, clients that never read the answer,
or all of these, from one address or from many; with as many descriptors as pagerd likes, or few.
"""
import contextlib
import itertools
import select
import socket
import threading
import time

import points

OPTIONS = points.options("slow_clients", 5)

from house import House, wait_for  # noqa: E402  (after the build folder is known)
from sinks import Gateway, link_of  # noqa: E402

CROWD = 5000
ANN = "+4915550100001"
NOTIFY = 'notify: { normal: ( { after = "0s", via = [ "sms" ] } ) }'
STEPS = '( { page = "primary", wait = "1h" } )'
SIEGE_S = 4  # and longer on a slow machine
DRIBBLE_S = 1  # each client says one more byte as often as that

HEADERS = b"POST /v1/alerts HTTP/1.1\r\nHost: x\r\n"
BODY = HEADERS + b"Authorization: Bearer %s\r\nContent-Length: 4000\r\n\r\n{"
DEAF = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" * 40

# What each sort says first, and what it says then, a byte at a time.
SORTS = {"headers": (HEADERS, b"X-Slow: " + b"y" * 8000), "body": (BODY, b" " * 4000),
         "deaf": (DEAF, b"")}


class Client:
    """One connection that never ends anything. It comes again when it is sent away."""

    def __init__(self, crowd, number):
        self.crowd = crowd
        self.number = number
        self.opening, self.rest = SORTS[crowd.sorts[number % len(crowd.sorts)]]
        if b"%s" in self.opening:
            self.opening %= crowd.key
        self.socket = None

    def connect(self):
        self.at = 0
        self.is_greeted = False
        self.socket = socket.socket()
        self.socket.setblocking(False)
        if not self.rest:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        spread = self.number % self.crowd.addresses
        self.socket.bind((f"127.0.{1 + spread // 250}.{1 + spread % 250}", 0))
        self.socket.connect_ex(("127.0.0.1", self.crowd.port))

    def speak(self):
        """One more word; True when it was sent away."""
        if self.is_greeted and self.is_gone():
            return True
        try:
            if not self.is_greeted:
                self.socket.send(self.opening)
                self.is_greeted = True
            elif self.at < len(self.rest):
                self.socket.send(self.rest[self.at:self.at + 1])
                self.at += 1
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            return True
        return False

    def is_gone(self):
        """Seen without reading: a deaf one never does."""
        poll = select.poll()
        poll.register(self.socket, select.POLLRDHUP)
        return bool(poll.poll(0))


class Crowd:
    """All clients, driven by one thread until it is told to end."""

    def __init__(self, port, key, sorts, addresses, count):
        self.port, self.key = port, key.encode()
        self.sorts, self.addresses = sorts, addresses
        self.clients = [Client(self, number) for number in range(count)]
        self.sent_away = 0
        self.connected = 0
        self.is_over = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        for client in itertools.cycle(self.clients):
            if self.is_over:
                return
            if client is self.clients[0]:
                round_ends = time.monotonic() + DRIBBLE_S
            with contextlib.suppress(OSError):
                if client.socket is None:
                    client.connect()
                    self.connected += 1
                if client.speak():
                    client.socket.close()
                    client.socket = None
                    self.sent_away += 1
            if client is self.clients[-1]:
                time.sleep(max(0, round_ends - time.monotonic()))

    def close(self):
        self.is_over = True
        self.thread.join()
        for client in self.clients:
            if client.socket:
                client.socket.close()


def timed(what, deed, times):
    """Milliseconds that it took; a deed that fails is done again, as a person or a source would."""
    started = time.monotonic()

    def works():
        with contextlib.suppress(OSError):
            return deed()
        return False
    wait_for(what, works)
    times[what] = max(times.get(what, 0), int((time.monotonic() - started) * 1000))


def metric(pager, name):
    for line in pager.get("/metrics")[1].splitlines():
        if line.split(" ")[0] == "pagerd_" + name:
            return int(line.split(" ")[1])
    raise AssertionError(f"no metric {name}")


def besieged(sorts, addresses, descriptors=None):
    gateway = Gateway()
    times = {}
    limit = () if descriptors is None else ("prlimit", f"--nofile={descriptors}:{descriptors}")
    with House(channels=gateway.config(), notify=NOTIFY, escalate=STEPS) as pager:
        pager.start(wrap=limit)
        key = pager.key()
        for name in ("link", "socket"):
            assert pager.alert(key, dedup_key=name)[0] == 202
        link = next(link_of(m["text"]) for m in gateway.wait(ANN, 2) if "#1" in m["text"])
        crowd = Crowd(pager.port, key, sorts, addresses, CROWD)
        wait_for("the crowd", lambda: crowd.connected >= CROWD)
        for number in range(SIEGE_S):
            timed("healthz_ms_max", lambda: pager.get("/healthz")[0] == 200, times)
            timed("alert_ms_max", lambda: pager.alert(key, dedup_key=f"{number}")[0] == 202, times)
            time.sleep(DRIBBLE_S)  # the crowd goes on meanwhile
        timed("ack_by_link_ms_max", lambda: pager.request(
            "POST", link, "do=ack", points.FORM)[0] == 303, times)
        timed("ack_by_socket_ms_max", lambda: pager.pagectl("ack", "2").returncode == 0, times)
        states = {i["number"]: i["state"] for i in pager.incidents()}
        assert states[1] == states[2] == "acknowledged", states
        gateway.wait(ANN, 2 + SIEGE_S)
        assert metric(pager, "connections_shed_total") > 0, "it is not told"
        crowd.close()
        figures = {"connections": crowd.connected, "sent_away": crowd.sent_away, **times}
    gateway.close()
    return figures


EVERY = ["headers", "body", "deaf"]
CROWDS = [(["headers"], 1, None), (EVERY, 500, None), (["body"], 1, None), (["deaf"], 50, None),
          (EVERY, 1, 1024)]


def point(number):
    sorts, addresses, descriptors = CROWDS[number % len(CROWDS)]
    figures = besieged(sorts, addresses, descriptors)
    print(f"{number}: {'+'.join(sorts)} from {addresses} addresses: {figures}", flush=True)
    return figures


if __name__ == "__main__":
    points.descriptors_raise(CROWD + 1000)
    points.run(OPTIONS, point, OPTIONS.jobs)
