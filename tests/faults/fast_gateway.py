# SPDX-License-Identifier: MIT
"""An SMS provider that takes thousands of messages a second: a process of its own, which writes down each.

As a program: fast_gateway.py HOST FILE. It says its port, and a line of JSON for each message is in FILE
before the message is answered.
"""
import json
import os
import re
import selectors
import socket
import subprocess
import sys
import time

SIZE = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Visitor:
    def __init__(self, connection, sender):
        self.connection, self.sender, self.bytes = connection, sender, b""

    def requests(self):
        """The bodies that are whole."""
        while True:
            head, found, rest = self.bytes.partition(b"\r\n\r\n")
            size = int(SIZE.search(head)[1]) if found else 0
            if not found or len(rest) < size:
                return
            self.bytes = rest[size:]
            yield rest[:size]


def take(visitor, file):
    """False: it has gone."""
    try:
        got = visitor.connection.recv(65536)
    except OSError:
        got = b""
    visitor.bytes += got
    at = time.monotonic()
    for body in visitor.requests():
        message = json.loads(body)
        os.write(file, (json.dumps({**message, "at": at, "from": visitor.sender}) + "\n").encode())
        try:
            visitor.connection.sendall(ANSWER)
        except OSError:
            return False
    return bool(got)


def serve(host, path):
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    listener = socket.create_server((host, 0), backlog=1024)
    print(listener.getsockname()[1], flush=True)
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ, None)
    while True:
        for key, _ in selector.select():
            if key.data is None:
                connection, address = listener.accept()
                selector.register(connection, selectors.EVENT_READ, Visitor(connection, address[0]))
            elif not take(key.data, file):
                selector.unregister(key.fileobj)
                key.fileobj.close()


class FastGateway:
    """The same to a test as Gateway of tests/e2e/sinks.py."""

    def __init__(self, host, folder):
        self.host, self.path = host, os.path.join(folder, "messages")
        self.process = subprocess.Popen([sys.executable, "-B", __file__, host, self.path],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        self.messages, self.seen = [], 0

    def config(self):
        return ('sms: { driver = "http", url = "http://%s:%d/send", method = "POST", '
                'headers = [ "Content-Type: application/json" ], '
                'body = "{\\"to\\":\\"$to\\",\\"text\\":\\"$text\\"}" }' % (self.host, self.port))

    def taken(self):
        """All of them, oldest first."""
        with open(self.path, "rb") as file:
            file.seek(self.seen)
            whole = file.read().rpartition(b"\n")[0]
        if whole:
            self.seen += len(whole) + 1
            self.messages += [json.loads(line) for line in whole.split(b"\n")]
        return self.messages

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


if __name__ == "__main__":
    serve(*sys.argv[1:])
