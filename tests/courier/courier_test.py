#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The courier process with real servers on loopback: mail, gateways, hanging ones, dead DNS.

courier_test.py DRIVE [unittest arguments]
"""
import asyncio
import email
import email.policy
import fcntl
import http.server
import json
import os
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

try:
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult
except ImportError:
    print("skipped: courier_test needs python3-aiosmtpd")
    sys.exit(77)

DRIVE = os.path.abspath(sys.argv[1])
HANG = 15  # seconds that a job on a hanging server may take
QUIT = 120  # seconds for which a server may leave a QUIT unanswered


class Drive:
    """A courier and the line to it."""

    def __init__(self, *prefix):
        environment = {key: value for key, value in os.environ.items()
                       if not key.lower().endswith("_proxy")}
        self.process = subprocess.Popen([*prefix, DRIVE], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env=environment)
        self.courier = int(self.process.stderr.readline().split()[1])
        self.results = {}
        self.changed = threading.Condition()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            result = json.loads(line)
            result["at"] = time.monotonic()
            with self.changed:
                self.results[result["id"]] = result
                self.changed.notify_all()

    def send(self, **job):
        job.setdefault("lane", job.get("channel", "calendar"))
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        return time.monotonic()

    def wait(self, number, seconds=60):
        with self.changed:
            if not self.changed.wait_for(lambda: number in self.results, seconds):
                raise AssertionError(f"no result for job {number} in {seconds} s")
            return self.results[number]

    def end(self):
        self.process.stdin.close()
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


class Sink:
    """SMTP server whose answers depend on the recipient's local part."""

    answers = {"tempfail": "451 4.3.0 try again later", "nouser": "550 5.1.1 no such user"}
    late = {"datafail": "452 4.2.2 mailbox full", "dataperm": "554 5.7.1 spam"}

    def __init__(self):
        self.messages = []
        self.sessions = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "close":
            server.transport.close()
            return "421 closing"
        if name in self.answers:
            return self.answers[name]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        if name in self.late:
            return self.late[name]
        if name == "slow":
            await asyncio.sleep(10)
        self.messages.append((envelope.rcpt_tos, envelope.content, session.ssl is not None,
                              session.authenticated))
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    good = data.login == b"pager" and data.password == b"smtppw"
    return AuthResult(success=good, handled=False)


class Gateway(http.server.BaseHTTPRequestHandler):
    """HTTP gateway and calendar server; the path says what it does."""

    protocol_version = "HTTP/1.1"
    requests = []
    visitors = []
    open = set()  # connections

    def setup(self):
        super().setup()
        self.open.add(self.client_address)

    def finish(self):
        self.open.discard(self.client_address)
        super().finish()

    def log_message(self, *arguments):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass

    def do_GET(self):
        path = self.path.split("?")[0]
        if path == "/calendar" and self.headers.get("If-None-Match") == '"v1"':
            self.answer(304)
        elif path == "/calendar":
            self.answer(200, b"BEGIN:VCALENDAR\r\n" * 1000, ETag='"v1"',
                        Last_Modified="Sat, 21 Nov 2026 00:00:00 GMT")
        elif path == "/large":
            self.answer(200, b"x" * (2 << 20))
        elif path == "/huge":
            self.answer(200, b"x" * (17 << 20))
        elif path == "/redirect":
            self.answer(302, Location="http://127.0.0.1:%d/calendar" % self.server.server_port)
        else:
            self.do_POST()

    def do_POST(self):
        size = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(size)
        self.requests.append((self.path, dict(self.headers), body))
        self.visitors.append(self.client_address)
        if self.path.startswith("/redirect"):
            self.answer(302, Location="http://127.0.0.1:%d/ok" % self.server.server_port)
        elif self.path.startswith("/drop"):
            self.connection.close()
        elif self.path.startswith("/break"):
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
        elif self.path.startswith("/busy"):
            self.answer(503, b"later")
        else:
            self.answer(202, b"0: Accepted for delivery")


class Web(http.server.ThreadingHTTPServer):
    request_queue_size = 512
    daemon_threads = True


class Silent:
    """Takes connections and says nothing, or a given greeting and answers."""

    def __init__(self, script=None):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.socket.getsockname()[1]
        self.script = script
        self.connections = []
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections.append(connection)
            if self.script:
                threading.Thread(target=self.script, args=(connection,), daemon=True).start()

    def end(self):
        self.socket.close()
        for connection in self.connections:
            connection.close()


def refuse_and_ignore_quit(connection):
    """Says 550 to the recipient and then nothing any more, not even to QUIT."""
    stream = connection.makefile("rwb", buffering=0)
    stream.write(b"220 x\r\n")
    for line in stream:
        if line.startswith(b"EHLO"):
            stream.write(b"250 x\r\n")
        elif line.startswith(b"MAIL"):
            stream.write(b"250 ok\r\n")
        elif line.startswith(b"RCPT"):
            stream.write(b"550 no\r\n")


class Rig(unittest.TestCase):
    """Two mail servers and a gateway that are well, and a courier for each test."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="courier-test-")
        cls.certificate = os.path.join(cls.folder, "cert.pem")
        key = os.path.join(cls.folder, "key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                        "-keyout", key, "-out", cls.certificate], check=True,
                       stderr=subprocess.DEVNULL)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cls.certificate, key)
        cls.sink = Sink()
        cls.secure = cls.start_smtp(cls.sink, authenticator=authenticate, auth_require_tls=True,
                                    tls_context=context)
        cls.plain = cls.start_smtp(cls.sink)
        cls.web = Web(("127.0.0.1", 0), Gateway)
        threading.Thread(target=cls.web.serve_forever, daemon=True).start()
        cls.url = "http://127.0.0.1:%d" % cls.web.server_port

    @staticmethod
    def start_smtp(sink, **options):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        controller = Controller(sink, hostname="127.0.0.1", port=port,
                                server_hostname="mx.example.org", **options)
        controller.start()
        return controller

    @classmethod
    def tearDownClass(cls):
        cls.secure.stop()
        cls.plain.stop()
        cls.web.shutdown()
        cls.web.server_close()
        shutil.rmtree(cls.folder)

    def setUp(self):
        self.drive = Drive()
        self.addCleanup(self.drive.end)
        self.sink.messages.clear()
        Gateway.requests.clear()
        Gateway.visitors.clear()

    def mail(self, number, address="ann@example.org", **settings):
        settings.setdefault("smtp", "localhost:%d" % self.secure.port)
        settings.setdefault("user", "pager")
        settings.setdefault("password", "smtppw")
        settings.setdefault("ca_file", self.certificate)
        settings.setdefault("from", "pager@example.org")
        return self.drive.send(id=number, channel="email", address=address, **settings)

    def sms(self, number, path="/ok", **settings):
        settings.setdefault("url", self.url + path)
        settings.setdefault("body", '{"to":"$to","text":"$text"}')
        return self.drive.send(id=number, channel="sms", driver="http", address="+4915550100001",
                               **settings)

    def plain_mail(self, number):
        return self.mail(number, smtp="127.0.0.1:%d" % self.plain.port, user=None, password=None,
                         ca_file=None)

    def expect_before(self, number, hanging):
        """Another channel's page passes while all of `hanging` still hang."""
        result = self.expect(number, "sent")
        with self.drive.changed:
            ended = [other for other in hanging if other in self.drive.results
                     and self.drive.results[other]["at"] < result["at"]]
        self.assertEqual(ended, [], "it waited for these")

    def expect(self, number, outcome, end=None, code=None, seconds=60):
        result = self.drive.wait(number, seconds)
        self.assertEqual(result["outcome"], outcome, result)
        if end is not None:
            self.assertEqual(result["end"], end, result)
        if code is not None:
            self.assertEqual(result["code"], code, result)
        return result


class CourierTest(Rig):
    def test_a_mail_arrives_whole_by_starttls_and_login(self):
        self.mail(1)
        self.expect(1, "sent", "answered", 250)
        recipients, content, is_secure, is_authenticated = self.sink.messages[0]
        self.assertEqual(recipients, ["ann@example.org"])
        self.assertTrue(is_secure and is_authenticated)
        message = email.message_from_bytes(content, policy=email.policy.default)
        self.assertEqual(message["Subject"], "[CRIT #412] db1: disk /var 96% full (ops)")
        self.assertEqual(message["To"].addresses[0].display_name, "Ann Größe")
        self.assertEqual(message["Message-ID"], "<412.1.ann@p.example.org>")
        plain, page = message.iter_parts()
        self.assertEqual((plain.get_content_type(), page.get_content_type()),
                         ("text/plain", "text/html"))
        self.assertIn(".leading dot\r\n..two\r\n", plain.get_content())
        self.assertIn("Ack       https://p.example.org/a/k7qm9xtz2fwhk7qm9xtz", plain.get_content())
        self.assertIn('href="https://p.example.org/a/k7qm9xtz2fwhk7qm9xtz"', page.get_content())

    def test_two_mails_over_one_connection_both_arrive(self):
        self.mail(1)
        self.expect(1, "sent")
        self.mail(2, "bob@example.org")
        self.expect(2, "sent")
        self.assertEqual(len(self.sink.messages), 2)

    def test_refusals_are_classed_as_the_server_says(self):
        for number, (name, outcome, code, reason) in enumerate([
                ("tempfail", "retry", 451, "4.3.0 try again later"),
                ("nouser", "failed", 550, "5.1.1 no such user"),
                ("datafail", "retry", 452, "4.2.2 mailbox full"),
                ("dataperm", "failed", 554, "5.7.1 spam")], 1):
            self.mail(number, name + "@example.org")
            result = self.expect(number, outcome, "answered", code)
            self.assertEqual(result["reason"], "answered %d: %s" % (code, reason))
        self.mail(9, "close@example.org")
        self.expect(9, "retry")

    def test_a_wrong_password_is_for_good(self):
        self.mail(1, password="bad")
        result = self.expect(1, "failed", "login", 535)
        self.assertNotIn("bad", result["reason"])

    def test_a_password_never_goes_out_without_tls(self):
        self.mail(1, smtp="127.0.0.1:%d" % self.plain.port)
        self.expect(1, "failed", "untrusted")
        self.mail(2, ca_file=None)
        self.expect(2, "failed", "untrusted")

    def test_an_unsigned_certificate_does_for_mail_without_a_login(self):
        self.mail(1, user=None, password=None, ca_file=None)
        self.expect(1, "sent")
        self.assertTrue(self.sink.messages[0][2])

    def test_a_time_out_after_the_message_is_of_unknown_outcome(self):
        self.mail(1, "slow@example.org", total_ms=5000)
        self.expect(1, "unknown", "uncertain")

    def test_nobody_listening_is_tried_again(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.mail(1, smtp="127.0.0.1:%d" % port)
        self.expect(1, "retry", "unreached")
        self.sms(2, url="http://127.0.0.1:%d/" % port)
        self.expect(2, "retry", "unreached")

    def test_a_gateway_gets_text_and_headers(self):
        self.sms(1, headers=["Authorization: App abc"], summary='say "hi" \\ Größe')
        self.expect(1, "sent", "answered", 202)
        path, headers, body = Gateway.requests[0]
        self.assertEqual(headers["Authorization"], "App abc")
        self.assertEqual(headers["Content-Type"], "application/json")
        self.assertIn('db1: say "hi" \\ Größe.', json.loads(body)["text"])
        self.sms(2, user="pager", password="pw", body=None, url=self.url + "/ok?t=$text&to=$to")
        self.expect(2, "sent")
        self.assertTrue(Gateway.requests[1][1]["Authorization"].startswith("Basic "))
        self.assertIn("to=%2B4915550100001", Gateway.requests[1][0])

    def test_kannel_gets_headers_and_its_answer_is_understood(self):
        self.drive.send(id=1, channel="sms", driver="kannel", url=self.url, user="pager",
                        password="smspw", address="+4915550100001", **{"from": "PAGER"})
        self.expect(1, "sent", "answered", 202)
        path, headers, body = Gateway.requests[0]
        self.assertEqual(path, "/cgi-bin/sendsms")
        self.assertEqual(headers["X-Kannel-Password"], "smspw")
        self.assertTrue(body.decode().startswith("CRIT #412 db1: disk /var 96% full."))

    def test_gateways_that_fail_are_classed(self):
        self.sms(1, "/redirect")
        self.expect(1, "failed", "answered", 302)
        self.sms(2, "/busy")
        self.expect(2, "retry", "answered", 503)
        self.sms(3, "/drop")
        self.expect(3, "unknown", "uncertain")
        self.assertEqual([request[0] for request in Gateway.requests],
                         ["/redirect", "/busy", "/drop"])

    def test_in_a_storm_connections_are_kept_and_after_it_they_are_closed(self):
        for number in range(1000, 1400):
            self.sms(number)
        for number in range(1000, 1400):
            self.expect(number, "sent")
        self.assertEqual(len(Gateway.visitors), 400)
        self.assertLess(len(set(Gateway.visitors)), 300)
        deadline = time.monotonic() + 60
        while Gateway.open:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        self.sms(1)
        self.expect(1, "sent")

    def test_what_breaks_in_a_kept_connection_is_of_unknown_outcome_and_not_said_again(self):
        number, error = 0, ""
        while "kept" not in error:  # or the machine was so slow that it was too old to be used
            self.sms(number + 1)
            self.expect(number + 1, "sent")
            self.sms(number + 2, "/break")
            error = self.expect(number + 2, "unknown", "uncertain")["error"]
            number += 2
            self.assertLess(number, 100)
        self.sms(number + 1)
        self.expect(number + 1, "sent")
        self.assertEqual([request[0] for request in Gateway.requests],
                         ["/ok", "/break"] * (number // 2) + ["/ok"])

    def test_what_was_frozen_for_too_long_does_not_leave(self):
        self.sms(1, "/late", late_ms=1000)
        self.expect(1, "retry", "late")
        self.sms(2, late_ms=-60000, key="k" * 32, url=self.url + "/ok?key=$key")
        self.expect(2, "sent")
        self.assertEqual([request[0] for request in Gateway.requests], ["/ok?key=" + "k" * 32])

    def test_an_answer_without_end_is_not_read_to_its_end(self):
        self.sms(1, "/large", method="GET", body=None, url=self.url + "/large?t=$text")
        result = self.expect(1, "sent", "answered", 200)
        self.assertEqual(result["body_size"], 65536)

    def test_a_full_channel_still_answers_every_job(self):
        for number in range(1000, 1600):
            self.sms(number)
        for number in range(1000, 1600):
            self.expect(number, "sent")

    def test_a_calendar_is_fetched_and_its_version_kept(self):
        self.drive.send(id=1, fetch=self.url + "/calendar")
        result = self.drive.wait(1)
        self.assertEqual((result["code"], result["etag"], result["body_size"]),
                         (200, '"v1"', 17000))
        self.assertEqual(result["last_modified"], "Sat, 21 Nov 2026 00:00:00 GMT")
        self.drive.send(id=2, fetch=self.url + "/calendar", etag='"v1"')
        self.assertEqual(self.drive.wait(2)["code"], 304)
        self.drive.send(id=3, fetch=self.url + "/large")
        self.assertEqual(self.drive.wait(3)["body_size"], 2 << 20)

    def test_a_calendar_too_large_or_redirected_off_https_is_not_taken(self):
        self.drive.send(id=1, fetch=self.url + "/huge")
        self.assertEqual(self.drive.wait(1)["end"], "too-large")
        self.drive.send(id=2, fetch=self.url + "/redirect")
        self.assertEqual(self.drive.wait(2)["end"], "invalid")

    def test_secrets_show_neither_in_arguments_nor_in_its_environment(self):
        self.mail(1, password="smtppw")
        self.expect(1, "sent")
        with open("/proc/%d/cmdline" % self.drive.courier, "rb") as file:
            self.assertNotIn(b"smtppw", file.read())
        with open("/proc/%d/comm" % self.drive.courier) as file:
            self.assertEqual(file.read(), "pagerd-courier\n")

    def test_it_ends_with_the_daemon(self):
        self.drive.process.kill()
        self.drive.process.wait()
        deadline = time.monotonic() + 60
        while os.path.exists("/proc/%d" % self.drive.courier):
            with open("/proc/%d/stat" % self.drive.courier) as file:
                if file.read().rsplit(")", 1)[1].split()[0] == "Z":
                    return  # ended; its reaper is slow
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)


class HangingTest(Rig):
    """What hangs costs its own channel only."""

    def test_a_gateway_that_hangs_delays_no_other_channel(self):
        silent = Silent()
        self.addCleanup(silent.end)
        for number in range(150):
            self.sms(1000 + number, url="http://127.0.0.1:%d/" % silent.port,
                     total_ms=HANG * 1000)
        time.sleep(0.5)
        self.plain_mail(1)
        self.expect_before(1, range(1000, 1150))
        for number in range(150):
            self.expect(1000 + number, "unknown", "uncertain")

    def test_a_mail_server_that_hangs_delays_no_sms(self):
        silent = Silent()
        self.addCleanup(silent.end)
        for number in range(150):
            self.mail(1000 + number, smtp="127.0.0.1:%d" % silent.port,
                      total_ms=HANG * 1000)
        time.sleep(0.5)
        self.sms(1)
        self.expect_before(1, range(1000, 1150))
        self.expect(1000, "retry", "broken")

    def test_a_server_that_ignores_quit_delays_no_other_channel(self):
        server = Silent(refuse_and_ignore_quit)
        self.addCleanup(server.end)
        for number in range(5):
            self.mail(1000 + number, smtp="127.0.0.1:%d" % server.port, user=None, password=None,
                      tls="none", total_ms=QUIT * 1000, connect_ms=QUIT * 1000)
        time.sleep(0.3)
        sent_at = self.sms(1)
        self.assertLess(self.expect(1, "sent")["at"] - sent_at, QUIT / 2)
        for number in range(5):
            self.expect(1000 + number, "failed", "answered", 550)

    def test_dns_that_never_answers_delays_no_other_channel(self):
        prefix = ["unshare", "--mount", "--net"]
        if os.geteuid() != 0:
            prefix += ["--user", "--map-root-user"]
        if subprocess.run([*prefix, "true"], stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("unshare --mount --net is not permitted here")
        code = subprocess.run([*prefix, "--propagation", "private", sys.executable, "-B", __file__,
                               DRIVE, "--inside"]).returncode
        self.assertEqual(code, 0)


def loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sH14x", b"lo", 0x1 | 0x40)  # IFF_UP | IFF_RUNNING
        fcntl.ioctl(control, 0x8914, request)  # SIOCSIFFLAGS


def run_with_dead_dns():
    """Inside namespaces of our own: the only name server takes questions and never answers."""
    loopback_up()
    with tempfile.NamedTemporaryFile("w") as file:
        file.write("nameserver 127.0.0.1\n")
        file.flush()
        os.chmod(file.name, 0o644)
        subprocess.run(["mount", "--bind", file.name, "/etc/resolv.conf"], check=True)
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.bind(("127.0.0.1", 53))
        test = Rig()
        Rig.setUpClass()
        test.drive = Drive()
        for number in range(300):  # a hundred at a time, each for two seconds
            test.sms(1000 + number, url="http://gateway.example.com/")
        time.sleep(0.5)
        test.plain_mail(1)
        test.expect_before(1, range(1200, 1300))
        for number in range(300):
            result = test.expect(1000 + number, "retry", "unreached")
        print("dead DNS: name given up after %d ms" % result["elapsed_ms"])
        questions = 0
        server.setblocking(False)
        try:
            while server.recv(512):
                questions += 1
        except BlockingIOError:
            pass
        assert questions > 0, "the dead name server was never asked"
        test.drive.end()
        Rig.tearDownClass()


if __name__ == "__main__":
    if sys.argv[2:] == ["--inside"]:
        run_with_dead_dns()
    else:
        unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
