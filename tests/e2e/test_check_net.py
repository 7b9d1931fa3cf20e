# SPDX-License-Identifier: MIT
"""pagerd --check --net asks every channel and calendar server whether it would let us in, and pages
nobody; a name may lead to a private address only where the configuration says so."""
import http.server
import os
import ssl
import subprocess
import tempfile
import threading

from house import PAGERD, House, free_port, main, skip

try:
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult
except ImportError:
    skip("python3-aiosmtpd is not installed")

CALENDAR = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//pagerd//test//EN\r\nEND:VCALENDAR\r\n"


class Web:
    """A Kannel that knows one password, and a server of calendars."""

    def __init__(self, context=None):
        self.asked = []
        web = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self, status, body):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                web.asked.append(("POST", self.path, self.headers.get("X-Kannel-To")))
                if self.headers.get("X-Kannel-Password") != "right":
                    self.answer(403, b"Authorization failed for sendsms")
                elif self.headers.get("X-Kannel-To") is None:
                    self.answer(400, b"Missing receiver number, rejected")
                else:
                    self.answer(202, b"0: Accepted for delivery")

            def do_GET(self):
                web.asked.append(("GET", self.path, None))
                self.answer(200 if self.path == "/rota.ics" else 404, CALENDAR)

            def log_message(self, *words):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        if context is not None:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Post:
    """A mail server that wants a login, and keeps what it gets."""

    def __init__(self):
        self.letters = []
        self.logins = []
        post = self

        class Handler:
            async def handle_DATA(self, server, session, envelope):
                post.letters.append(envelope)
                return "250 taken"

        def authenticate(server, session, envelope, mechanism, data):
            post.logins.append(data.login)
            return AuthResult(success=data.password == b"right", handled=False)

        self.directory = tempfile.mkdtemp()
        certificate(self.directory)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{self.directory}/cert.pem", f"{self.directory}/key.pem")
        self.port = free_port()
        self.controller = Controller(Handler(), hostname="127.0.0.1", port=self.port,
                                     server_hostname="mx.example.org", tls_context=context, authenticator=authenticate,
                                     auth_required=True)
        self.controller.start()


def certificate(directory):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                    "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-keyout", f"{directory}/key.pem", "-out", f"{directory}/cert.pem"],
                   check=True, capture_output=True)


def check(channels, more="", calendars=""):
    """Exit status and lines of pagerd --check --net."""
    with House(more, channels=channels) as house:
        house.write("conf.d/10-calendars.cfg", calendars)
        done = subprocess.run([PAGERD, "--check", "--net", "--config", house.path("pagerd.cfg")],
                              capture_output=True, text=True, timeout=120)
        text = done.stdout + done.stderr
        print(text)
        return done.returncode, text


def line(text, name):
    found = [one.split(None, 3) for one in text.splitlines()
             if one.startswith(("ok ", "FAIL ")) and f" {name} " in one]
    assert len(found) == 1, text
    return found[0]


def kannel(port, password="right", host="127.0.0.1"):
    return (f'sms: {{ driver = "kannel", url = "http://{host}:{port}/", user = "pager", '
            f'password = "{password}" }}')


def email(post, password="right"):
    return (f'email: {{ smtp = "localhost:{post.port}", user = "pager", password = "{password}", '
            f'from = "pager@example.org", ca-file = "{post.directory}/cert.pem" }}')


def who_lets_us_in_is_ok_and_nobody_is_paged():
    web, post = Web(), Post()
    calendars = (f'calendars: {{ rota: {{ ics = "http://127.0.0.1:{web.port}/rota.ics" }} '
                 f'gone: {{ ics = "http://127.0.0.1:{web.port}/gone.ics" }} }}')
    status, text = check(kannel(web.port) + email(post), calendars=calendars)
    assert status == 1 and "1 of those asked does not let us in." in text
    assert line(text, "channels.sms")[0] == "ok"
    assert line(text, "channels.email")[0] == "ok"
    assert line(text, "calendars.rota")[0] == "ok"
    assert line(text, "calendars.gone")[0] == "FAIL" and "404" in line(text, "calendars.gone")[3]
    assert post.logins == [b"pager"] and not post.letters
    assert [to for _, _, to in web.asked if to] == [], "somebody was paged"


def each_refusal_is_said():
    web, post = Web(), Post()
    status, text = check(kannel(web.port, "wrong") + email(post, "wrong"))
    assert status == 1
    assert "Authorization failed" in line(text, "channels.sms")[3]
    assert line(text, "channels.email")[0] == "FAIL"
    assert "wrong" not in text.replace("wrong password", ""), "a secret shows"


def a_port_without_a_server_and_a_stranger_s_certificate_fail():
    with tempfile.TemporaryDirectory() as directory:
        certificate(directory)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{directory}/cert.pem", f"{directory}/key.pem")
        web = Web(context)
        http_channel = (f'sms: {{ driver = "http", url = "https://localhost:{web.port}/$to", '
                        f'body = "$text", second: {{ driver = "http", '
                        f'url = "http://127.0.0.1:{free_port()}/$to", body = "$text" }} }}')
        status, text = check(http_channel)
        assert status == 1
        assert "certificate" in line(text, "channels.sms")[3].lower(), text
        assert line(text, "channels.sms.second")[0] == "FAIL"
        trusted = http_channel.replace('body = "$text", second',
                                       f'ca-file = "{directory}/cert.pem", body = "$text", second')
        assert line(check(trusted)[1], "channels.sms")[0] == "ok"


def a_name_leads_to_a_private_address_only_where_that_is_allowed():
    web = Web()
    by_name = kannel(web.port, host="gateway.localhost")  # libcurl: 127.0.0.1
    status, text = check(by_name)
    assert status == 1 and "private-networks" in line(text, "channels.sms")[3], text
    assert not web.asked, "it was connected to"
    status, text = check(by_name, 'private-networks = [ "10.0.0.0/8", "127.0.0.0/8", "::1" ]\n')
    assert line(text, "channels.sms")[0] == "ok", text


def a_webhook_is_connected_to_and_told_nothing():
    with tempfile.TemporaryDirectory() as directory:
        certificate(directory)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{directory}/cert.pem", f"{directory}/key.pem")
        plain, secured = Web(), Web(context)
        hook = f'secret = "whsec_{"A" * 32}"'
        status, text = check("inbox: { }", "webhooks: {\n" + "\n".join((
            f'good: {{ url = "http://127.0.0.1:{plain.port}/hook", {hook} }}',
            f'trusted: {{ url = "https://localhost:{secured.port}/hook", ca-file = "{directory}/cert.pem", {hook} }}',
            f'stranger: {{ url = "https://localhost:{secured.port}/hook", {hook} }}',
            f'nobody: {{ url = "http://127.0.0.1:{free_port()}/hook", {hook} }}')) +
            '\n}\nprivate-networks = [ "127.0.0.0/8", "::1" ]\n')
        assert status == 1 and "2 of those asked do not let us in." in text, text
        assert line(text, "webhooks.good")[0] == line(text, "webhooks.trusted")[0] == "ok", text
        assert "certificate" in line(text, "webhooks.stranger")[3].lower(), text
        assert line(text, "webhooks.nobody")[0] == "FAIL", text
        assert not plain.asked and not secured.asked, "somebody was told something"


main(who_lets_us_in_is_ok_and_nobody_is_paged, each_refusal_is_said,
     a_port_without_a_server_and_a_stranger_s_certificate_fail,
     a_name_leads_to_a_private_address_only_where_that_is_allowed,
     a_webhook_is_connected_to_and_told_nothing)
