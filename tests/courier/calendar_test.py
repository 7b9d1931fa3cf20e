#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The courier and servers of calendars: methods, logins, redirects, patience, certificates.

calendar_test.py DRIVE [unittest arguments]
"""
import base64
import email.utils
import fcntl
import http.server
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

from courier_test import DRIVE, Drive, loopback_up

OUTER = "192.0.2.9"  # an address that is not loopback, in a network of the test's own


def outer_up():
    """Gives the loopback interface of this network namespace a second address."""
    loopback_up()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        address = struct.pack("HH4s8x", socket.AF_INET, 0, socket.inet_aton(OUTER))
        fcntl.ioctl(control, 0x8916, struct.pack("16s16s", b"lo:1", address))  # SIOCSIFADDR


class Server(http.server.BaseHTTPRequestHandler):
    requests = []
    targets = {}

    def log_message(self, *words):
        pass

    def answer(self):
        size = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(size)
        self.requests.append((self.command, self.path, dict(self.headers), body))
        name = self.path.strip("/")
        if name in self.targets:
            self.send_response(302)
            self.send_header("Location", self.targets[name])
        elif name.startswith("chain"):
            left = int(name[5:])
            self.send_response(302 if left else 200)
            if left:
                self.send_header("Location", f"/chain{left - 1}")
        elif name == "patience":
            self.send_response(429)
            self.send_header("Retry-After", "120")
        elif name == "patience-until":
            self.send_response(503)
            self.send_header("Retry-After", email.utils.formatdate(time.time() + 7200, usegmt=True))
        else:
            self.send_response(207 if self.command == "REPORT" else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    do_GET = do_REPORT = do_PROPFIND = do_PUT = do_DELETE = answer


class CalendarTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="calendar-test-")
        cls.certificate, cls.context = cls.authority("good")
        cls.other, _ = cls.authority("other")
        cls.plain = cls.serve(None)
        cls.secure = cls.serve(cls.context)

    @classmethod
    def authority(cls, name):
        certificate, key = (os.path.join(cls.folder, name + end) for end in (".pem", ".key"))
        names = f"DNS:localhost,IP:127.0.0.1,IP:{OUTER}"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost", "-addext", f"subjectAltName={names}",
                        "-keyout", key, "-out", certificate], check=True,
                       stderr=subprocess.DEVNULL)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        return certificate, context

    @classmethod
    def serve(cls, context, address="127.0.0.1", port=0):
        server = http.server.ThreadingHTTPServer((address, port), Server)
        server.daemon_threads = True
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True,
                                                do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        cls.addClassCleanup(server.server_close)
        cls.addClassCleanup(server.shutdown)
        return server.server_address[1]

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def setUp(self):
        self.drive = Drive()
        self.addCleanup(self.drive.end)
        Server.requests.clear()
        Server.targets.clear()
        self.count = 0

    def ask(self, url, **more):
        self.count += 1
        self.drive.send(id=self.count, fetch=url, **more)
        return self.drive.wait(self.count)

    def http(self, path, host="127.0.0.1"):
        return f"http://{host}:{self.plain}/{path}"

    def https(self, path, host="127.0.0.1"):
        return f"https://{host}:{self.secure}/{path}"

    def test_a_calendar_is_asked_for_politely(self):
        self.assertEqual(self.ask(self.http("rota.ics"))["code"], 200)
        command, path, headers, _ = Server.requests[0]
        self.assertEqual((command, path), ("GET", "/rota.ics"))
        self.assertRegex(headers["User-Agent"], r"^pagerd/\d")
        self.assertIn("text/calendar", headers["Accept"])
        self.assertNotIn("Authorization", headers)

    def test_a_question_has_its_own_method_headers_body_and_login(self):
        result = self.ask(self.http("rota/"), method="REPORT", depth="1", body="<x/>",
                          type="application/xml", user="oncall", password="s3:cret")
        self.assertEqual((result["end"], result["code"]), ("answered", 207))
        command, path, headers, body = Server.requests[0]
        self.assertEqual((command, path, body), ("REPORT", "/rota/", b"<x/>"))
        self.assertEqual((headers["Depth"], headers["Content-Type"]), ("1", "application/xml"))
        self.assertEqual(headers["Authorization"],
                         "Basic " + base64.b64encode(b"oncall:s3:cret").decode())
        for name in ("cmdline", "environ"):
            with open(f"/proc/{self.drive.courier}/{name}", "rb") as file:
                self.assertNotIn(b"s3:cret", file.read())

    def test_writing_names_what_it_may_replace(self):
        self.ask(self.http("rota/a.ics"), method="PUT", body="BEGIN", etag="*")
        self.ask(self.http("rota/a.ics"), method="PUT", body="BEGIN", match='"7"')
        self.ask(self.http("rota/a.ics"), method="DELETE", match='"8"')
        first, second, third = (headers for _, _, headers, _ in Server.requests)
        self.assertEqual([command for command, *_ in Server.requests], ["PUT", "PUT", "DELETE"])
        self.assertEqual((first.get("If-None-Match"), first.get("If-Match")), ("*", None))
        self.assertEqual((second.get("If-None-Match"), second.get("If-Match")), (None, '"7"'))
        self.assertEqual(third.get("If-Match"), '"8"')

    def test_a_server_that_asks_for_patience_is_understood(self):
        result = self.ask(self.http("patience"))
        self.assertEqual((result["code"], result["retry_after_s"]), (429, 120))
        result = self.ask(self.http("patience-until"))
        self.assertEqual(result["code"], 503)
        # A second more than asked is no fault: libcurl reckons from time(), whose clock moves on with
        # the kernel's tick and can still be in the second before that of time.time().
        self.assertTrue(3600 < result["retry_after_s"] <= 7200 + 1, result)
        self.assertEqual(self.ask(self.http("rota.ics"))["retry_after_s"], 0)

    def test_five_redirects_are_followed_and_no_more(self):
        result = self.ask(self.https("chain5"), ca_file=self.certificate)
        self.assertEqual((result["end"], result["code"]), ("answered", 200), result)
        result = self.ask(self.https("chain6"), ca_file=self.certificate)
        self.assertEqual(result["end"], "invalid", result)

    def test_only_a_calendar_follows_redirects(self):
        Server.targets["moved"] = self.https("rota/")
        result = self.ask(self.https("moved"), ca_file=self.certificate, method="PUT", body="x")
        self.assertEqual((result["end"], result["code"]), ("answered", 302), result)
        self.assertEqual(len(Server.requests), 1)

    def test_what_is_asked_of_one_address_alone_goes_nowhere_else(self):
        Server.targets["moved"] = self.https("rota.ics")
        result = self.ask(self.https("moved"), ca_file=self.certificate, direct=True)
        self.assertEqual((result["end"], result["code"]), ("answered", 302), result)
        self.assertEqual(len(Server.requests), 1)

    def test_a_redirect_never_leaves_tls(self):
        Server.targets["plain"] = self.http("rota.ics")
        result = self.ask(self.https("plain"), ca_file=self.certificate)
        self.assertEqual(result["end"], "invalid", result)
        self.assertEqual(len(Server.requests), 1)

    def test_a_redirect_to_another_host_carries_no_password(self):
        Server.targets["away"] = self.https("rota.ics", "127.0.0.1")
        result = self.ask(self.https("away", "localhost"), ca_file=self.certificate, user="oncall",
                          password="pw")
        self.assertEqual(result["code"], 200, result)
        self.assertIn("Authorization", Server.requests[0][2])
        self.assertNotIn("Authorization", Server.requests[1][2])

    def test_a_redirect_never_leads_from_outside_to_this_machine(self):
        prefix = ["unshare", "--net"]
        if os.geteuid() != 0:
            prefix += ["--user", "--map-root-user"]
        if subprocess.run([*prefix, "true"], stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("unshare --net is not permitted here")
        code = subprocess.run([*prefix, sys.executable, "-B", __file__, DRIVE, "--inside"])
        self.assertEqual(code.returncode, 0)

    def redirects_from_outside(self):
        """Inside of a network of our own: only there is an address that is not loopback."""
        self.serve(self.context, OUTER, self.secure)
        Server.targets["in"] = self.https("rota.ics", "127.0.0.1")
        Server.targets["out"] = self.https("rota.ics", OUTER)
        result = self.ask(self.https("in", OUTER), ca_file=self.certificate)
        self.assertEqual(result["end"], "invalid", result)
        self.assertRegex(result["error"], "redirects to .*, an address of this machine")
        self.assertEqual([path for _, path, *_ in Server.requests], ["/in"])
        for url in (self.https("out", OUTER), self.https("in"), self.https("out")):
            result = self.ask(url, ca_file=self.certificate)
            self.assertEqual(result["code"], 200, (url, result))

    def test_a_certificate_that_nobody_known_has_signed_is_told(self):
        for authority in (None, self.other):
            result = self.ask(self.https("rota.ics"), ca_file=authority, user="u", password="pw")
            self.assertEqual(result["end"], "untrusted", result)
            self.assertIn("certificate", result["error"])
        self.assertEqual(Server.requests, [])
        result = self.ask(self.https("rota.ics"), ca_file=self.certificate)
        self.assertEqual(result["code"], 200, result)


if __name__ == "__main__":
    if "--inside" in sys.argv:
        outer_up()
        suite = unittest.TestSuite([CalendarTest("redirects_from_outside")])
        sys.exit(not unittest.TextTestRunner().run(suite).wasSuccessful())
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
