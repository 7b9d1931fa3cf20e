#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A crowd of senders of alerts, as a program of its own, so that no test waits for it or it for a test.

It reads its orders as JSON on the command line, sends until its standard input ends, waits for what is
still owed, and says as JSON what came of it. With a rate it is an open loop: a request is sent when it is
due, on a further connection when all others wait for their answers.
"""
import collections
import json
import os
import selectors
import socket
import subprocess
import sys
import time

OWED_S = 60  # for answers after the end: what takes longer hangs
LATE_S = 1   # a request that found no connection for so long is given up by its sender


def body_of(prefix, number, alerts, keys, service):
    first = number * alerts
    return "[" + ",".join(
        f'{{"summary":"{service} {(first + i) % keys} is slow","service":"{service}",'
        f'"severity":"error","dedup_key":"{prefix}-{(first + i) % keys}"}}'
        for i in range(alerts)) + "]"


class Sender:
    """One connection with at most one request under way."""

    def __init__(self, crowd):
        self.crowd = crowd
        self.socket = None

    def connect(self):
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.connect_ex(("127.0.0.1", self.crowd.port))
        self.crowd.selector.register(self.socket, selectors.EVENT_WRITE, self)

    def send(self, number):
        self.number, self.at = number, time.monotonic()
        self.out, self.got = self.crowd.request(number), b""
        if self.socket is None:
            self.connect()
        else:
            self.write()

    def write(self):
        try:
            self.out = self.out[self.socket.send(self.out):]
        except BlockingIOError:
            pass
        except OSError:
            return self.fail()
        self.crowd.selector.modify(
            self.socket, selectors.EVENT_WRITE if self.out else selectors.EVENT_READ, self)

    def read(self):
        try:
            part = self.socket.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            part = b""
        self.got += part
        head, found, rest = self.got.partition(b"\r\n\r\n")
        if not part:
            return self.fail()
        if not found:
            return
        lines = head.decode().split("\r\n")
        fields = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines[1:])}
        if len(rest) < int(fields["content-length"]):
            return
        self.crowd.answered(self, int(lines[0].split(" ")[1]), fields, rest)
        if fields.get("connection", "").lower() == "close":
            self.close()

    def fail(self):
        self.close()
        self.crowd.failed(self)

    def close(self):
        if self.socket:
            self.crowd.selector.unregister(self.socket)
            self.socket.close()
            self.socket = None


class Crowd:
    def __init__(self, port, key, alerts=1, connections=64, rate=0, prefix="flood", keys=1 << 60,
                 service="web"):
        self.port, self.alerts, self.rate = port, alerts, rate
        self.prefix, self.keys, self.service = prefix, keys, service
        self.head = (f"POST /v1/alerts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n"
                     "Content-Type: application/json\r\nContent-Length: ")
        self.selector = selectors.DefaultSelector()
        self.idle = collections.deque(Sender(self) for _ in range(connections))
        self.busy = set()
        self.sent = self.unsent = self.gone = 0
        self.counts, self.whys, self.taken = collections.Counter(), collections.Counter(), []
        self.calls = []  # when it was sent, and answered, and how: by the clock that all programs share
        self.is_polite = True

    def request(self, number):
        body = body_of(self.prefix, number, self.alerts, self.keys, self.service)
        return f"{self.head}{len(body)}\r\n\r\n{body}".encode()

    def answered(self, sender, status, fields, text):
        self.counts[status] += 1
        self.calls.append((sender.at, time.monotonic(), status))
        if status == 202:
            self.taken.append(sender.number)
        else:
            self.whys[text.decode()[:300]] += 1
            self.is_polite = self.is_polite and int(fields.get("retry-after", 0)) > 0
        self.busy.discard(sender)
        self.idle.append(sender)

    def failed(self, sender):
        """Without an answer: nobody knows what became of it."""
        self.gone += 1
        self.busy.discard(sender)
        self.idle.append(sender)

    def send_due(self, began_at):
        due = (time.monotonic() - began_at) * self.rate if self.rate else 1 << 60
        late = int(due - self.sent - self.unsent - self.rate * LATE_S) if self.rate else 0
        self.unsent += max(0, late)
        while self.idle and self.sent + self.unsent < due:
            sender = self.idle.popleft()
            self.busy.add(sender)
            self.sent += 1
            sender.send(self.sent)

    def turn(self, wait):
        for found, events in self.selector.select(wait):
            sender = found.data
            if events & selectors.EVENT_WRITE:
                sender.write()
            elif sender in self.busy:
                sender.read()
            else:
                sender.close()

    def run(self):
        os.set_blocking(0, False)
        began_at = time.monotonic()
        while True:
            self.send_due(began_at)
            self.turn(0.002 if self.rate else 0.05)
            try:
                if os.read(0, 1) == b"":
                    break
            except BlockingIOError:
                pass
        seconds = time.monotonic() - began_at
        until = time.monotonic() + OWED_S
        while self.busy and time.monotonic() < until:
            self.turn(0.05)
        return self.report(seconds)

    def report(self, seconds):
        def places(status):
            waits = sorted(end - at for at, end, how in self.calls if how == status)
            return [round(1000 * waits[len(waits) * part // 100]) for part in (50, 99)]
        return {"seconds": seconds, "sent": self.sent, "unsent": self.unsent, "gone": self.gone,
                "hung": len(self.busy), "counts": self.counts, "whys": self.whys,
                "is_polite": self.is_polite, "taken": self.taken,
                "ms": {status: places(status) for status in self.counts}}


class Flood:
    """The program, seen from a test."""

    def __init__(self, **orders):
        self.orders = {"prefix": "flood", "alerts": 1, "keys": 1 << 60, **orders}
        self.process = subprocess.Popen(
            [sys.executable, "-B", __file__, json.dumps(orders)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE)

    def end(self):
        """What came of it: see Crowd.report(), and by `counts` how many requests had which status."""
        told = json.loads(self.process.communicate()[0])
        told["counts"] = {int(status): count for status, count in told["counts"].items()}
        told["ms"] = {int(status): places for status, places in told["ms"].items()}
        return told

    def keys_of(self, numbers):
        alerts, keys = self.orders["alerts"], self.orders["keys"]
        return {f"{self.orders['prefix']}-{i % keys}" for number in numbers
                for i in range(number * alerts, (number + 1) * alerts)}


if __name__ == "__main__":
    print(json.dumps(Crowd(**json.loads(sys.argv[1])).run()))
