#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The server on the wire: many connections, slow ones, large bodies, broken requests.

Usage: wire.py PROGRAM      (PROGRAM is http_serve)
"""
import http.client
import json
import os
import re
import resource
import shutil
import selectors
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = sys.argv.pop(1)
PROM = "pgk_prompromprompromprompromprom"
ANN = "pgu_annannannannannannannannann1"
LINK = "/a/0123456789abcdefghjk"
ALERT = json.dumps({"summary": "disk full", "dedup_key": "d"}).encode()


class Served(unittest.TestCase):
    scene = "open"
    disk_ms = 2

    descriptors = None  # as many as the system gives

    def more(self):
        return []

    def limit(self):
        if self.descriptors:
            resource.setrlimit(resource.RLIMIT_NOFILE, (self.descriptors, self.descriptors))

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.folder.name, "pagerd.sock")
        self.program = subprocess.Popen(
            [PROGRAM, self.path, str(self.disk_ms), self.scene] + self.more(),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=self.limit)
        line = self.program.stdout.readline().decode().strip()
        host, port = line.rsplit(":", 1)
        self.address = (host, int(port))

    def tearDown(self):
        self.program.stdin.close()
        try:
            code = self.program.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.program.kill()  # it is not left behind
            self.program.wait()
            raise
        self.program.stdout.close()
        self.assertFalse(os.path.exists(self.path), "the socket is left behind")
        self.folder.cleanup()
        self.assertEqual(code, 0, "the server did not end well")

    def connect(self, timeout=20):
        return socket.create_connection(self.address, timeout=timeout)

    def ask(self, method, path, body=None, key=None, headers=None):
        connection = http.client.HTTPConnection(*self.address, timeout=20)
        headers = dict(headers or {})
        if key:
            headers["Authorization"] = "Bearer " + key
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer, data

    def raw(self, data, timeout=20):
        """Sends bytes; returns everything until the server closes."""
        with self.connect(timeout) as s:
            s.sendall(data)
            parts = []
            while True:
                part = s.recv(65536)
                if not part:
                    return b"".join(parts)
                parts.append(part)


def request(method, path, body=b"", key=PROM, extra=""):
    return (f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n"
            f"Content-Length: {len(body)}\r\n{extra}\r\n").encode() + body


class Busy(Served):
    def busy(self, count, rounds):
        """`count` keep-alive connections, each with one request under way all the time."""
        selector = selectors.DefaultSelector()
        one = request("POST", "/v1/alerts", ALERT)
        state = {}
        for _ in range(count):
            s = self.connect()
            s.setblocking(False)
            selector.register(s, selectors.EVENT_READ)
            state[s] = [rounds, b""]
            s.send(one)
        done = 0
        deadline = time.monotonic() + 60
        while state:
            self.assertLess(time.monotonic(), deadline,
                            f"{len(state)} of {count} connections hang after {done} answers")
            for key, _ in selector.select(1):
                s = key.fileobj
                data = s.recv(65536)
                self.assertTrue(data, "the server closed a busy connection")
                state[s][1] += data
                head, found, rest = state[s][1].partition(b"\r\n\r\n")
                if not found:
                    continue
                self.assertIn(b" 202 ", head.split(b"\r\n")[0])
                size = [int(line.split(b":")[1]) for line in head.split(b"\r\n")
                        if line.lower().startswith(b"content-length")][0]
                if len(rest) < size:
                    continue
                done += 1
                state[s] = [state[s][0] - 1, b""]
                if state[s][0]:
                    s.send(one)
                else:
                    selector.unregister(s)
                    s.close()
                    del state[s]
        selector.close()
        return done

    def test_64_busy_connections(self):
        self.assertEqual(self.busy(64, 60), 3840)

    def test_256_busy_connections(self):
        self.assertEqual(self.busy(256, 40), 10240)

    def test_512_busy_connections(self):
        self.assertEqual(self.busy(512, 20), 10240)


class Wire(Served):
    def test_an_alert_is_taken_and_the_connection_kept(self):
        connection = http.client.HTTPConnection(*self.address, timeout=20)
        for _ in range(3):
            connection.request("POST", "/v1/alerts", ALERT, {"Authorization": "Bearer " + PROM})
            answer = connection.getresponse()
            self.assertEqual(answer.status, 202)
            self.assertEqual(json.loads(answer.read())["status"], "accepted")
        connection.close()

    def test_each_gets_the_answer_to_its_own_request(self):
        """In one turn, where answers that are alike are one response for all who get it."""
        for _ in range(3):
            waiting = []
            for key in [f"disk-{i // 2 % 8}" for i in range(48)]:
                s = self.connect()
                body = json.dumps({"summary": "disk full", "dedup_key": key}).encode()
                s.sendall(request("POST", "/v1/alerts", body, extra="Connection: close\r\n"))
                waiting.append((key, s))
            for key, s in waiting:
                with s, s.makefile("rb") as file:
                    head, _, body = file.read().partition(b"\r\n\r\n")
                self.assertIn(b"Content-Type: application/json", head)
                self.assertEqual([one["dedup_key"] for one in json.loads(body)["alerts"]], [key])

    def test_the_unix_socket_knows_its_peer(self):
        self.assertEqual(os.stat(self.path).st_mode & 0o777, 0o660)
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(self.path)
            s.sendall(b"GET /v1/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            data = b""
            while part := s.recv(65536):
                data += part
        me = json.loads(data.partition(b"\r\n\r\n")[2])
        self.assertIsNone(me["user"])
        self.assertTrue(me["can_administer"])
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(self.path)
            s.sendall(b"POST /v1/incidents/1/ack HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                      b"Content-Length: 0\r\n\r\n")
            self.assertIn(b" 403 ", s.recv(65536).split(b"\r\n")[0])

    def test_nine_mebibytes_are_413_and_read_away(self):
        body = b'{"summary":"' + b"a" * (9 << 20) + b'"}'
        answer, data = self.ask("POST", "/v1/alerts", body, PROM)
        self.assertEqual(answer.status, 413)
        self.assertEqual(json.loads(data)["error"]["code"], "too_large")
        answer, _ = self.ask("POST", "/v1/alerts", ALERT, PROM)
        self.assertEqual(answer.status, 202)

    def test_nine_mebibytes_in_chunks_are_413(self):
        def chunks():
            for _ in range(9):
                yield b" " * (1 << 20)
        answer, _ = self.ask("POST", "/v1/alerts", chunks(), PROM)
        self.assertEqual(answer.status, 413)

    def test_eight_mebibytes_are_read(self):
        body = b'{"summary":"' + b"a" * ((8 << 20) - 32) + b'"}'
        answer, _ = self.ask("POST", "/v1/alerts", body, PROM)
        self.assertEqual(answer.status, 202)

    def test_expect_is_answered_before_the_body(self):
        with self.connect() as s:
            s.sendall(request("POST", "/v1/alerts", b"", extra="Expect: 100-continue\r\n").replace(
                b"Content-Length: 0", b"Content-Length: %d" % len(ALERT)))
            self.assertIn(b" 100 ", s.recv(4096).split(b"\r\n")[0])
            s.sendall(ALERT)
            self.assertIn(b" 202 ", s.recv(4096).split(b"\r\n")[0])
        with self.connect() as s:
            s.sendall(request("POST", "/v1/alerts", b"", extra="Expect: 100-continue\r\n").replace(
                b"Content-Length: 0", b"Content-Length: 99999999"))
            self.assertIn(b" 413 ", s.recv(4096).split(b"\r\n")[0])
        with self.connect() as s:
            s.sendall(request("POST", "/v1/alerts", b"", "pgk_wrong",
                              "Expect: 100-continue\r\n").replace(
                b"Content-Length: 0", b"Content-Length: 10"))
            self.assertIn(b" 401 ", s.recv(4096).split(b"\r\n")[0])

    def test_a_large_wrong_key_body_is_not_kept(self):
        answer, _ = self.ask("POST", "/v1/alerts", b"x" * (7 << 20), "pgk_wrong")
        self.assertEqual(answer.status, 401)

    def test_head_has_the_headers_of_get_and_no_body(self):
        answer, data = self.ask("HEAD", LINK)
        self.assertEqual((answer.status, data), (200, b""))
        self.assertGreater(int(answer.getheader("Content-Length")), 1000)

    def test_headers_of_the_ack_page(self):
        answer, data = self.ask("GET", LINK)
        policy = answer.getheader("Content-Security-Policy")
        nonce = policy.split("'nonce-")[1].split("'")[0]
        self.assertIn(f'<style nonce="{nonce}">'.encode(), data)
        self.assertEqual(policy, f"default-src 'none'; style-src 'nonce-{nonce}'; "
                         "form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
        for name, value in (("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-store"),
                            ("X-Robots-Tag", "noindex, nofollow"),
                            ("X-Content-Type-Options", "nosniff")):
            self.assertEqual(answer.getheader(name), value)
        self.assertIsNone(answer.getheader("Set-Cookie"))

    def test_pressing_leads_back_by_303(self):
        answer, data = self.ask("POST", LINK, "do=ack",
                                headers={"Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual((answer.status, data), (303, b""))
        self.assertEqual(answer.getheader("Location"), LINK.rsplit("/", 1)[1])
        self.assertIn(b"It is yours. Bob stays asleep.", self.ask("GET", LINK)[1])

    def test_405_names_the_methods(self):
        answer, _ = self.ask("DELETE", "/v1/incidents", key=ANN)
        self.assertEqual((answer.status, answer.getheader("Allow")), (405, "GET, HEAD"))

    def test_a_key_is_never_echoed(self):
        for path in ("/v1/me", "/v1/ingest/generic/pgk_secretsecretsecretsecretsecret"):
            answer, data = self.ask("POST", path, b"{}", "pgu_secretsecretsecretsecretsecret")
            self.assertIn(answer.status, (401, 405))
            self.assertNotIn(b"secretsecret", data)

    def test_broken_requests_are_refused_and_harm_nobody(self):
        for data in (b"GARBAGE\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x00" * 100,
                     b"GET /" + b"a" * 40000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
                     b"GET / HTTP/1.1\r\n" + b"X: " + b"a" * 40000 + b"\r\n\r\n",
                     b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 5000 + b"\r\n",
                     b"POST /v1/alerts HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
                     b"POST /v1/alerts HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999999999999999\r\n\r\n",
                     b"POST /v1/alerts HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                     b"GET /a/%0d%0aX:%20y HTTP/1.1\r\nHost: x\r\n\r\n",
                     b"GET /?" + b"a=1&" * 100 + b" HTTP/1.1\r\nHost: x\r\n\r\n"):
            try:
                answer = self.raw(data, 1)
            except (ConnectionResetError, BrokenPipeError, TimeoutError):
                answer = b""  # half a request may wait for its other half
            self.assertNotIn(b"X: y", answer)
        self.assertEqual(self.ask("GET", "/healthz")[0].status, 200)

    def test_too_many_arguments_are_refused(self):
        self.assertEqual(self.ask("GET", "/healthz?" + "a=1&" * 40)[0].status, 400)

    def test_a_client_that_goes_away_while_it_waits_is_no_trouble(self):
        for _ in range(200):
            with self.connect() as s:
                s.sendall(request("POST", "/v1/alerts", ALERT))
        self.assertEqual(self.ask("GET", "/healthz")[0].status, 200)

    def test_pipelined_requests_are_answered_in_order(self):
        data = self.raw(request("GET", "/healthz") + request("GET", "/readyz")
                        + request("POST", "/v1/alerts", ALERT)
                        + request("GET", "/nothing", extra="Connection: close\r\n"))
        codes = re.findall(rb"HTTP/1\.1 (\d+) ", data)
        self.assertEqual(codes, [b"200", b"200", b"202", b"404"])


@unittest.skipUnless(shutil.which("openssl"), "openssl is not installed")
class Tls(Served):
    def more(self):
        files = [os.path.join(self.folder.name, name) for name in ("cert.pem", "key.pem")]
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                        "/CN=localhost", "-out", files[0], "-keyout", files[1]],
                       check=True, capture_output=True)
        self.certificate = files[0]
        return files

    def test_tls_serves_large_and_small_and_many(self):
        context = ssl.create_default_context(cafile=self.certificate)
        context.check_hostname = False
        large = b'{"summary":"' + b"a" * (7 << 20) + b'"}'
        connections = []
        for _ in range(40):
            connection = http.client.HTTPSConnection(*self.address, timeout=20, context=context)
            connection.connect()
            connections.append(connection)
        for body in (ALERT, large, ALERT):
            for connection in connections[:5 if body is large else 40]:
                connection.request("POST", "/v1/alerts", body, {"Authorization": "Bearer " + PROM})
                answer = connection.getresponse()
                self.assertEqual((answer.status, len(answer.read()) > 50), (202, True))
        for connection in connections:
            connection.close()

    def test_plain_text_on_the_tls_door_harms_nobody(self):
        for _ in range(20):
            try:
                self.raw(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 2)
            except (ConnectionResetError, TimeoutError):
                pass
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(self.path)
            s.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            self.assertIn(b" 200 ", s.recv(4096))


class Slow(Served):
    def test_dribbling_connections_are_ended(self):
        begun = time.monotonic()
        slow = [self.connect(60) for _ in range(50)]
        for s in slow:
            s.sendall(b"GET /healthz HTTP/1.1\r\nHost: ")
        alive = set(slow)
        while alive and time.monotonic() - begun < 120:
            time.sleep(2)
            self.assertEqual(self.ask("GET", "/healthz")[0].status, 200)
            for s in list(alive):
                try:
                    s.send(b"x")
                except OSError:
                    alive.discard(s)
        took = time.monotonic() - begun
        for s in slow:
            s.close()
        self.assertFalse(alive, f"{len(alive)} dribbling connections are still open")
        self.assertGreater(took, 25, "they were ended too early")


class Crowd(Served):
    """More slow connections than there are places, of one address, that come again when they are sent
    away: whoever is well is served among them, and none of them holds up the end."""
    descriptors = 256
    crowd = 200
    rounds = 15

    def besieged(self, opening, dribble):
        def come():
            slow = self.connect()
            slow.setblocking(False)
            slow.send(opening)
            return slow

        def is_gone(slow):
            try:
                return slow.send(dribble) == 0 if dribble else slow.recv(1) == b""
            except BlockingIOError:
                return False
            except OSError:
                return True
        self.slow = [come() for _ in range(self.crowd)]
        sent_away = 0
        for number in range(self.rounds):
            for i, slow in enumerate(self.slow):
                if is_gone(slow):
                    slow.close()
                    self.slow[i] = come()
                    sent_away += 1
            self.assertEqual(self.ask("GET", "/healthz")[0].status, 200)
            alert = json.dumps({"summary": "disk full", "dedup_key": f"d{number}"}).encode()
            self.assertEqual(self.ask("POST", "/v1/alerts", alert, PROM)[0].status, 202)
        answer, _ = self.ask("POST", LINK, "do=ack",
                             headers={"Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual(answer.status, 303)
        self.assertGreater(sent_away, 0, "all of the crowd had a place: it is no crowd")

    def tearDown(self):
        super().tearDown()  # while they are there
        for slow in self.slow:
            slow.close()

    def test_half_sent_headers(self):
        self.besieged(b"POST /v1/alerts HTTP/1.1\r\nHost: x\r\nX-Slow: ", b"y")

    def test_bodies_a_byte_at_a_time(self):
        self.besieged(request("POST", "/v1/alerts", b"").replace(
            b"Content-Length: 0", b"Content-Length: 4000") + b"{", b" ")

    def test_connections_that_say_nothing(self):
        self.besieged(b"", b"")


class End(Served):
    disk_ms = 700

    def test_what_was_begun_is_answered_before_the_end(self):
        s = self.connect()
        s.sendall(request("POST", "/v1/alerts", ALERT))
        time.sleep(0.2)
        self.program.stdin.close()
        self.assertIn(b" 202 ", s.recv(4096).split(b"\r\n")[0])
        s.close()
        self.program.stdin = open(os.devnull, "w")


class NeverFinished(Served):
    disk_ms = -1

    def test_a_call_that_nobody_finishes_does_not_hold_up_the_end(self):
        senders = [self.connect() for _ in range(3)]
        for s in senders:
            s.sendall(request("POST", "/v1/alerts", ALERT))
        time.sleep(0.2)
        self.program.stdin.close()
        for s in senders:
            self.assertEqual(s.recv(4096), b"", "what was not done was answered")
            s.close()
        self.assertEqual(self.program.stdout.read(), b"3 left behind\n")
        self.program.stdin = open(os.devnull, "w")


class LastMoment(Served):
    disk_ms = 20

    def test_calls_that_come_with_the_end_do_not_hang_it(self):
        senders = [self.connect() for _ in range(100)]
        for i, s in enumerate(senders):
            s.sendall(request("POST", "/v1/alerts", ALERT))
            if i == 50:
                self.program.stdin.close()
        for s in senders:
            try:
                answer = s.recv(4096)
            except ConnectionResetError:
                answer = b""  # it was not taken any more
            self.assertIn(answer[:12], (b"HTTP/1.1 202", b""))
            s.close()
        self.program.stdin = open(os.devnull, "w")


class Twice(Served):
    def test_a_second_server_does_not_take_the_socket(self):
        done = subprocess.run([PROGRAM, self.path, "1", "open"], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=20)
        self.assertEqual(done.returncode, 1)
        self.assertIn("another pagerd listens", done.stderr)

    def test_a_stale_socket_is_replaced(self):
        stale = os.path.join(self.folder.name, "stale.sock")
        with socket.socket(socket.AF_UNIX) as s:
            s.bind(stale)
        done = subprocess.run([PROGRAM, stale, "1", "open"], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=20)
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
