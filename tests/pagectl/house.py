# SPDX-License-Identifier: MIT
"""A small server that answers as docs/api.md says, and a way to run pagectl against it."""
import datetime
import fcntl
import http.server
import json
import os
import pty
import select
import shutil
import socket
import socketserver
import struct
import subprocess
import tempfile
import termios
import threading
import time
import unittest

BUILD = os.environ.get("PAGERD_BUILD", "build")
PROGRAM = os.path.join(BUILD, "pagectl", "pagectl")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def instant(minutes=0):
    """RFC 3339, that many minutes from now."""
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def address_string(self):
        return "local"

    def log_message(self, *_):
        pass

    def answer(self, method):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        server = self.server.owner
        if self.path != "/healthz":  # asked for the time only
            server.seen.append((method, self.path, json.loads(body) if body else None,
                                self.headers.get("Authorization")))
        status, document = server.reply(method, self.path, body)
        if status == "close":
            self.close_connection = True
            return
        time.sleep(server.delay)
        data = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if server.now:
            self.send_header("Pagerd-Now", server.now)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.answer("GET")

    def do_POST(self):
        self.answer("POST")


class SocketServer(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """A client that has gone is what some tests are about."""

    def get_request(self):
        request, _ = super().get_request()
        return request, ("local", 0)


class Server:
    """Answers are a table of (method, path without query) -> (status, document)."""

    def __init__(self, path):
        self.path = path
        self.answers = {}
        self.seen = []
        self.delay = 0
        self.now = None  # pagerd's own clock, RFC 3339
        self.http = None

    def start(self):
        self.http = SocketServer(self.path, Handler)
        self.http.owner = self
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        if self.http:
            self.http.shutdown()
            self.http.server_close()
            os.unlink(self.path)
            self.http = None

    def reply(self, method, path, body):
        answer = self.answers.get((method, path.split("?")[0]))
        if callable(answer):
            answer = answer(path, body)
        if answer is None:
            return 404, {"error": {"code": "not_found", "text": "There is no such path."}}
        return answer

    def posts(self, prefix="/v1/"):
        return [(path, body) for method, path, body, _ in self.seen
                if method == "POST" and path.startswith(prefix)]


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="pagectl-")
        self.server = Server(os.path.join(self.folder, "s"))
        self.server.start()
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": self.folder, "TZ": "Europe/Berlin",
            "LC_ALL": "C.UTF-8", "TERM": "dumb", "COLUMNS": "80",
            "PAGECTL_SERVER": self.server.path, "PAGECTL_SPOOL": os.path.join(self.folder, "spool"),
        }

    def tearDown(self):
        self.server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run_program(self, *arguments, stdin="", **more):
        environment = dict(self.environment, **more)
        done = subprocess.run([PROGRAM, *arguments], input=stdin, capture_output=True, text=True,
                              env=environment, timeout=60, cwd=self.folder)
        return done.returncode, done.stdout, done.stderr

    def check(self, arguments, code=0, out=None, error=None, **more):
        got_code, got_out, got_error = self.run_program(*arguments, **more)
        self.assertEqual((code, ""), (got_code, "" if got_code == code else got_error + got_out))
        if out is not None:
            self.assertEqual(out, got_out)
        if error is not None:
            self.assertEqual(error, got_error)
        return got_out, got_error

    def on_terminal(self, *arguments, columns=80, typed=None, seconds=20, **more):
        """Runs it with a terminal on all three descriptors; returns (code, screen)."""
        environment = dict(self.environment, **more)
        child, screen = pty.fork()
        if child == 0:
            time.sleep(0.05)
            os.chdir(self.folder)
            os.execve(PROGRAM, [PROGRAM, *arguments], environment)
        fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        text, end = b"", time.monotonic() + seconds
        while time.monotonic() < end:
            if typed and typed[0].encode() in text:
                os.write(screen, typed[1].encode() + b"\n")
                typed = None
            if not select.select([screen], [], [], 0.1)[0]:
                continue
            try:
                piece = os.read(screen, 65536)
            except OSError:
                break
            if not piece:
                break
            text += piece
        os.close(screen)
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status), text.decode().replace("\r\n", "\n")


def incident(number, **more):
    row = {
        "number": number, "uuid": "u", "state": "triggered", "severity": "critical",
        "team": "ops", "service": "postgres", "summary": "db1: disk /var 96% full",
        "dedup_key": "db1-var", "integration": "prom", "occurrences": 1,
        "opened_at": instant(-17), "acknowledged_by": None, "acknowledged_at": None,
        "resolved_at": None, "resolved_by": None, "snoozed_until": None, "source": "prom",
        "labels": {}, "details": "", "runbook": "", "link": "", "reason": None,
        "last_alert_at": instant(-1), "previous": None, "paging": ["ann"],
        "next": {"at": instant(5), "users": ["bob"], "last_resort": False},
    }
    row.update(more)
    return row
