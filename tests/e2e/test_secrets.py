# SPDX-License-Identifier: MIT
"""No secret in a log, an argument, an environment, an address or a core: planted ones are looked for.

A whole life with good and bad requests is led, with passwords of every kind in the configuration;
then all that anybody wrote or was asked is searched for them.
"""
import contextlib
import http.server
import os
import threading
import time

from house import House, main, wait_for
from sinks import Gateway, link_of

PASSWORDS = {"gateway": "planted-gateway-7Kq2", "smtp": "planted-smtp-9Wx4",
             "calendar": "planted-calendar-3Zr8", "plain": "planted-plain-5Ty1",
             "sms": "planted-sms-2Hd6"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SLOW_EVENTS = 200  # each is walked through since 1970: some tenths of a second for the reader


def slow_rota():
    """Takes a reader long enough that it is seen at work."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//pagerd//test//EN"]
    for number in range(SLOW_EVENTS):
        lines += ["BEGIN:VEVENT", f"UID:{number}@test", "SUMMARY:ann", "DTSTART:19700101T000000Z",
                  "DTEND:19700102T000000Z", "RRULE:FREQ=DAILY", "END:VEVENT"]
    return "\r\n".join(lines + ["END:VCALENDAR", ""]).encode()


def children_of(pid):
    """Of the process's first thread."""
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]


class Web:
    """A calendar server that wants a login, and refuses while told to."""

    def __init__(self):
        self.addresses, self.is_refusing, self.logins = [], False, []
        web = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                web.addresses.append(self.path)
                web.logins.append(self.headers.get("Authorization", ""))
                body = slow_rota()
                self.send_response(401 if web.is_refusing else 200)
                self.send_header("Content-Length", str(0 if web.is_refusing else len(body)))
                self.end_headers()
                if not web.is_refusing:
                    self.wfile.write(body)

            def log_message(self, *words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/rota.ics"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Watcher:
    """Reads the command line and environment of every process of the house, again and again."""

    def __init__(self):
        self.seen, self.is_over = set(), False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.is_over:
            for child in self.children(os.getpid()):
                for pid in (child, *self.children(child)):
                    self.look(pid)
            time.sleep(0.01)

    @staticmethod
    def children(pid):
        with contextlib.suppress(OSError):
            return children_of(pid)
        return []

    def look(self, pid):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                command = file.read()
            self.seen.add(("cmdline", command))
            if b"--courier" in command or b"--reader" in command:
                with open(f"/proc/{pid}/environ", "rb") as file:
                    self.seen.add(("environ", file.read()))
        except OSError:
            pass  # it has ended

    def close(self):
        self.is_over = True
        self.thread.join()
        return self.seen


def house(gateway, web):
    sms = gateway.config().replace(
        '"Content-Type: application/json"',
        '"Content-Type: application/json", "secret:gateway-header"').replace(
            'driver = "http",', 'driver = "http", user = "pager", password = "secret:sms",')
    mail = ('email: { smtp = "127.0.0.1:9", from = "p@example.org", user = "pager", '
            'password = "secret:smtp", tls = "none" }')
    pager = House(channels=f"{sms} {mail}", escalate='( { page = "primary", wait = "1h" } )',
                  notify='notify: { normal: ( { after = "0s", via = [ "sms", "email" ] } ) }')
    with open(pager.config) as file:
        text = file.read()
    text = text.replace('primary: { ics = "primary.ics" }',
                        f'primary: {{ ics = "{web.url}", user = "u", password = "secret:calendar", '
                        'refresh = "1s" }')
    text = text.replace('secondary: { ics = "secondary.ics" }',
                        f'secondary: {{ ics = "{web.url}", user = "u", '
                        f'password = "{PASSWORDS["plain"]}", refresh = "1s" }}')
    pager.write("pagerd.cfg", text)
    pager.write("secrets/gateway-header", f"Authorization: Bearer {PASSWORDS['gateway']}\n")
    pager.write("secrets/sms", PASSWORDS["sms"] + "\n")
    pager.write("secrets/smtp", PASSWORDS["smtp"] + "\n")
    pager.write("secrets/calendar", PASSWORDS["calendar"] + "\n")
    return pager


def bad_requests(pager, answers, secrets):
    """Everything wrong that a person or a program does with a secret in hand."""
    for secret in secrets:
        bearer = {"Authorization": f"Bearer {secret}"}
        for method, path, body, headers in (
                ("POST", "/v1/alerts", "{", bearer), ("POST", "/v1/alerts", "{}", bearer),
                ("GET", "/v1/incidents", None, bearer), ("GET", "/nowhere", None, bearer),
                ("POST", "/v1/incidents/999/ack", "{}", bearer),
                ("POST", "/v2/enqueue", {"routing_key": secret + "x", "payload": 1}, {}),
                ("GET", "/v1/incidents", None, {"Authorization": f"Bearer {secret}x"}),
                ("DELETE", f"/v1/keys/{'x' * 20}", None, bearer)):
            status, text, _ = pager.request(method, path, body, headers)
            answers.append(f"{status} {text}")


def lead_a_life(pager, gateway, web, answers):
    key, token = pager.key(), pager.token("ann")
    assert pager.alert(key, dedup_key="a")[0] == 202
    text = gateway.wait("+4915550100001")[0]["text"]
    link = link_of(text)
    secrets = {"key": key, "token": token, "link": link.rsplit("/", 1)[1]}
    bad_requests(pager, answers, [key, token])
    for path in ("/v1/config", "/v1/keys", "/v1/status", "/v1/calendars", "/v1/incidents/1",
                 "/v1/me", "/v1/oncall"):
        answers.append(pager.get(path, headers={"Authorization": f"Bearer {token}"})[1])
    for path in ("/", "/metrics", "/readyz", "/healthz", "/a/" + "0" * 20, "/login"):
        answers.append(pager.get(path)[1])
    pager.request("POST", link, "do=ack", FORM)
    web.is_refusing = True
    wait_for("the calendar to be refused",
             lambda: "401" in str(pager.ask("calendar", "list")) or "refused" in str(
                 pager.ask("calendar", "list")))
    for words in (("config", "check"), ("config", "show"), ("show", "1"), ("calendar", "list"),
                  ("key", "list"), ("calendar", "refresh", "primary"), ("ack", "77")):
        done = pager.pagectl(*words)
        answers.append(done.stdout + done.stderr)
        debug = pager.pagectl(*words, env={"PAGECTL_DEBUG": "1"})
        answers.append(debug.stdout + debug.stderr)
    return secrets


def search(where, bytes_of, secrets):
    for name, secret in secrets.items():
        assert secret.encode() not in bytes_of, f"the secret '{name}' is in {where}"


def files_of(folder):
    for root, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(root, name)
            with open(path, "rb") as file:
                yield path, file.read()


def planted_secrets_turn_up_nowhere():
    gateway, web, answers = Gateway(), Web(), []
    with house(gateway, web) as pager:
        watcher = Watcher()
        pager.start(env={"PAGERD_DEBUG": "1"})
        pid = pager.process.pid
        made = lead_a_life(pager, gateway, web, answers)
        for child in (pid, *children_of(pid)):
            with open(f"/proc/{child}/limits") as file:
                core = [line for line in file if line.startswith("Max core file size")]
            assert core[0].split()[4:6] == ["0", "0"], (child, core)
        assert "planted-gateway" not in "".join(answers)
        assert any("dTpwbGFudGVk" in login for login in web.logins), "the calendar's login was used"
        pager.process.kill(15)
        seen = watcher.close()
        assert any(b"--reader" in command for kind, command in seen if kind == "cmdline"), (
            f"no reader among {len(seen)}: it was too fast to be seen")
        everything = {**PASSWORDS, **made}
        for kind, found in seen:
            search(kind, found, everything)
        search("pagerd's log", pager.log().encode(), everything)
        search("an answer", "\n".join(answers).encode(), everything)
        search("an address that was asked", "\n".join(web.addresses).encode(), everything)
        for path, found in files_of(pager.state):
            search(path, found, made)
            assert os.stat(path).st_mode & 0o077 == 0, f"{path} can be read by others"
        for path, found in files_of(pager.path("cache")):
            search(path, found, everything)
    gateway.close()
    web.close()


main(planted_secrets_turn_up_nowhere)
