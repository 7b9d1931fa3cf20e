# SPDX-License-Identifier: MIT
"""A real Radicale: a rotation followed there, overrides written there, and edits there read back."""
import base64
import http.client
import http.server
import json
import re
import ssl
import subprocess
import threading
import time

from house import House, main, need, wait_for
from programs import Radicale
from sinks import Gateway

EVENT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//pagerd//test//EN
BEGIN:VEVENT
UID:{name}@test
DTSTAMP:20260101T000000Z
SUMMARY:{user}
DTSTART:{start}
DTEND:{end}
{more}END:VEVENT
END:VCALENDAR
"""


def daily(name, user):
    return EVENT.format(name=name, user=user, start="20260101T000000Z", end="20260102T000000Z",
                        more="RRULE:FREQ=DAILY\n")


def stamp(seconds):
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() + seconds))


class Front:
    """Stands before Radicale, passes questions on, and can be told to misbehave."""

    def __init__(self, port, context=None):
        self.trouble = None  # called with the handler; True when it has answered
        self.asked = []
        front = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def serve(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.text = body.decode("utf-8", "replace")
                front.asked.append((self.command, self.text))
                if front.trouble and front.trouble(self):
                    return
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
                connection.request(self.command, self.path, body, dict(self.headers))
                answer = connection.getresponse()
                self.reply(answer.status, answer.read(), **{
                    name.replace("-", "_"): value for name, value in answer.headers.items()
                    if name in ("ETag", "Content-Type")})
                connection.close()

            def reply(self, status, body=b"", **headers):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_REPORT = do_PROPFIND = do_PUT = do_DELETE = serve

            def log_message(self, *words):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client):
                pass  # who asked was killed

        self.server = Server(("127.0.0.1", 0), Handler)
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True,
                                                     do_handshake_on_connect=False)
        scheme = "https" if context else "http"
        self.base = f"{scheme}://127.0.0.1:{self.server.server_address[1]}/boss/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def set_up(pager, rota="", swaps=""):
    """One team with one role: its rotation is `rota`, its overrides are `swaps`."""
    pager.plain = getattr(pager, "plain", None) or open(pager.config).read()
    text = pager.plain.replace(
        '  primary = "calendar:primary"\n  secondary = "calendar:secondary"\n',
        '  oncall = "calendar:rota"\n' + ('  overrides = "calendar:swaps"\n' if swaps else ""))
    text = re.sub(r"calendars: \{.*\}\n", "calendars: {\n  rota: { " + (rota or 'ics = "primary.ics"')
                  + " }\n" + (f"  swaps: {{ {swaps} }}\n" if swaps else "") + "}\n", text)
    pager.write("pagerd.cfg", text)
    return pager


def house(**more):
    return House(escalate='( { page = "oncall", wait = "30s", repeat = 3 } )', **more)


def login(url, user="oncall", password=None, **more):
    words = "".join(f" {name.replace('_', '-')} = {value}" for name, value in more.items())
    return (f'caldav = "{url}" user = "{user}" '
            f'password = "{password or Radicale.PASSWORDS[user]}" refresh = "1s"{words}')


def on_call(pager, *words):
    done = pager.pagectl("oncall", *words, "--json")
    assert done.returncode in (0, 7), done  # 7: somebody has a gap
    return json.loads(done.stdout)["oncall"][0]["user"]


def calendar(pager, name):
    return [c for c in pager.ask("calendar", "list")["calendars"] if c["name"] == name][0]


def problem(pager, name="rota"):
    return calendar(pager, name)["problem"]


def override(pager, number):
    return [o for o in pager.ask("override", "list")["overrides"] if o["id"] == number]


def own_event(radicale, number=1):
    """(resource, etag, text) of an override's event in swaps."""
    for name, (etag, text) in radicale.events("swaps").items():
        if name.startswith(f"pagerd-o{number}-"):
            return name, etag, text
    return None


def refuse(pager):
    """Asks for it to be read again now, after a back-off."""
    assert pager.pagectl("calendar", "refresh", "rota").returncode == 0


def a_rotation_in_a_collection_is_followed_and_never_lost():
    gateway = Gateway()
    with house(channels=gateway.config()) as pager:
        radicale = Radicale(pager).start()
        radicale.make("rota")
        radicale.put("rota/week.ics", daily("week", "cat"))
        radicale.put("rota/old%20%C3%A9.ics", EVENT.format(
            name="old", user="eve", start="20250101T000000Z", end="20250102T000000Z", more=""))
        front = Front(radicale.port)
        set_up(pager, login(front.base + "rota/")).start()
        assert on_call(pager) == "cat"
        radicale.put("rota/week.ics", daily("week", "dan"))
        wait_for("the changed event", lambda: on_call(pager) == "dan")
        radicale.put("rota/swap.ics", daily("swap", "fay").replace("SUMMARY:", "SUMMARY:[L5] "))
        wait_for("the new event", lambda: on_call(pager) == "fay")
        radicale.delete("rota/swap.ics")
        wait_for("the deletion", lambda: on_call(pager) == "dan")
        assert calendar(pager, "rota")["events"] == 2

        troubles = {
            "HTTP 404": lambda ask: ask.reply(404, b"gone") or True,
            "HTTP 500": lambda ask: ask.reply(500, b"oops") or True,
            "no CalDAV answer": lambda ask: ask.reply(200, b"<html>log in</html>") or True,
            "no multistatus": lambda ask: ask.reply(207, b"<html>log in</html>") or True,
            "HTTP 401": lambda ask: ask.reply(401) or True,
            "not in the collection": lambda ask: ask.reply(
                207, b'<multistatus xmlns="DAV:"><response><href>/etc/passwd</href><status>HTTP/1.1 '
                b"404 Not Found</status></response></multistatus>") or True,
        }
        for words, trouble in troubles.items():
            front.trouble = trouble
            refuse(pager)
            wait_for(words, lambda: words in (problem(pager) or ""))
            assert on_call(pager) == "dan", "the last good copy stays"
        front.trouble = None
        refuse(pager)
        wait_for("well again", lambda: problem(pager) is None)

        radicale.stop()
        refuse(pager)
        wait_for("nobody there", lambda: problem(pager))
        read_at = calendar(pager, "rota")["read_at"]
        age_ms = calendar(pager, "rota")["age_ms"]
        wait_for("its age grows", lambda: calendar(pager, "rota")["age_ms"] > age_ms)
        wait_for("the manager is told",
                 lambda: [m for m in gateway.taken() if 'calendar "rota"' in m["text"]])
        pager.kill()
        pager.start()
        assert on_call(pager) == "dan", "the copy serves a start while the server is away"
        assert calendar(pager, "rota")["read_at"] <= read_at, "it says how old it is"
        radicale.start()
        radicale.put("rota/week.ics", daily("week", "bob"))
        refuse(pager)
        wait_for("what changed meanwhile", lambda: on_call(pager) == "bob")
        assert problem(pager) is None
        front.close()
    gateway.close()


def what_a_server_leaves_out_is_not_deleted():
    with house() as pager:
        radicale = Radicale(pager).start()
        radicale.make("rota")
        radicale.put("rota/week.ics", daily("week", "cat"))
        front = Front(radicale.port)
        set_up(pager, login(front.base + "rota/")).start()
        assert on_call(pager) == "cat"

        def nothing_for_multiget(ask):
            if "multiget" not in ask.text:
                return False
            ask.reply(207, b'<multistatus xmlns="DAV:"/>')
            return True

        front.trouble = nothing_for_multiget
        radicale.put("rota/week.ics", daily("week", "dan"))
        wait_for("half an answer", lambda: "does not give all" in (problem(pager) or ""))
        assert on_call(pager) == "cat"
        front.trouble = None
        refuse(pager)
        wait_for("the whole answer", lambda: on_call(pager) == "dan")
        front.close()


def a_server_that_forgets_tokens_or_knows_none_is_followed_too():
    with house() as pager:
        radicale = Radicale(pager).start()
        radicale.make("rota")
        radicale.put("rota/week.ics", daily("week", "cat"))
        front = Front(radicale.port)

        def forgetful(ask):
            if "<D:sync-token>http" not in ask.text:
                return False
            ask.reply(403, b'<error xmlns="DAV:"><valid-sync-token/></error>')
            return True

        front.trouble = forgetful
        set_up(pager, login(front.base + "rota/")).start()
        radicale.put("rota/week.ics", daily("week", "dan"))
        wait_for("the change", lambda: on_call(pager) == "dan")
        assert problem(pager) is None

        def old(ask):
            if "sync-collection" not in ask.text:
                return False
            ask.reply(415)
            return True

        front.trouble = old
        radicale.put("rota/week.ics", daily("week", "eve"))
        wait_for("the change, by query", lambda: on_call(pager) == "eve")
        front.asked.clear()
        wait_for("the ctag to be asked for", lambda: any(m == "PROPFIND" for m, _ in front.asked))
        radicale.put("rota/more.ics", daily("more", "fay").replace("SUMMARY:", "SUMMARY:[L5] "))
        wait_for("the new event, by query", lambda: on_call(pager) == "fay")
        radicale.delete("rota/more.ics")
        wait_for("the deletion, by query", lambda: on_call(pager) == "eve")
        front.close()


def a_server_that_asks_for_patience_gets_it():
    with house() as pager:
        radicale = Radicale(pager).start()
        radicale.make("rota")
        radicale.put("rota/week.ics", daily("week", "cat"))
        front = Front(radicale.port)
        set_up(pager, login(front.base + "rota/")).start()
        front.trouble = lambda ask: ask.reply(429, Retry_After="3600") or True
        wait_for("the refusal", lambda: "HTTP 429" in (problem(pager) or ""))
        front.trouble = None
        front.asked.clear()
        time.sleep(3)  # three times the refresh interval: nothing may come
        assert front.asked == [], front.asked
        refuse(pager)
        wait_for("a person who asks is not kept waiting", lambda: problem(pager) is None)
        front.close()


def a_wrong_password_is_told_and_never_shown():
    with house() as pager:
        radicale = Radicale(pager).start()
        url = radicale.make("rota")
        radicale.put("rota/week.ics", daily("week", "cat"))
        set_up(pager, login(url, password="wr0ng-pw")).start()
        wait_for("the refusal", lambda: "HTTP 401" in (problem(pager) or ""))
        assert "password" in problem(pager)
        text = open(pager.config).read().replace("wr0ng-pw", Radicale.PASSWORDS["oncall"])
        pager.write("pagerd.cfg", text)
        pager.process.child.send_signal(1)
        wait_for("the rotation", lambda: on_call(pager) == "cat")
        pager.write("pagerd.cfg", text.replace(Radicale.PASSWORDS["oncall"], "wr0ng-pw"))
        pager.process.child.send_signal(1)
        wait_for("the refusal again", lambda: "HTTP 401" in (problem(pager) or ""))
        assert on_call(pager) == "cat", "a new password is no new calendar"
        for secret in ("wr0ng-pw", Radicale.PASSWORDS["oncall"]):
            assert secret not in pager.log()
            with open(f"/proc/{pager.process.pid}/cmdline") as file:
                assert secret not in file.read()


def a_certificate_that_nobody_known_has_signed_is_told():
    need("openssl")
    with house() as pager:
        radicale = Radicale(pager).start()
        radicale.make("rota")
        radicale.put("rota/week.ics", daily("week", "cat"))
        for name in ("right", "wrong"):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                            "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
                            "-keyout", pager.path(f"{name}.key"), "-out", pager.path(f"{name}.pem")],
                           check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pager.path("right.pem"), pager.path("right.key"))
        front = Front(radicale.port, context)
        for authority in ("", ' ca-file = "wrong.pem"'):
            set_up(pager, login(front.base + "rota/") + authority).start()
            wait_for("the refusal", lambda: "certificate is not trusted" in (problem(pager) or ""))
            assert front.asked == [], "neither question nor password went out"
            pager.stop()
        set_up(pager, login(front.base + "rota/") + ' ca-file = "right.pem"').start()
        assert on_call(pager) == "cat"
        front.close()


def a_calendar_file_behind_a_login_is_read():
    class Web(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            wanted = "Basic " + base64.b64encode(b"oncall:s3cret").decode()
            is_known = self.headers.get("Authorization") == wanted
            body = daily("week", "cat").replace("\n", "\r\n").encode() if is_known else b""
            self.send_response(200 if is_known else 401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with house() as pager:
        url = f"http://127.0.0.1:{server.server_address[1]}/rota.ics"
        set_up(pager, f'ics = "{url}" user = "oncall" password = "s3cret" refresh = "1s"').start()
        assert on_call(pager) == "cat"
        assert "s3cret" not in pager.log() + str(pager.ask("calendar", "list"))
    server.shutdown()
    server.server_close()


def with_swaps(radicale, pager, front=None, **more):
    """The rotation says ann; overrides go to swaps, where boss has an event of her own."""
    url = radicale.make("swaps")
    radicale.put("swaps/boss.ics", EVENT.format(name="boss", user="fay", start="20250101T000000Z",
                                                end="20250102T000000Z", more=""))
    set_up(pager, swaps=login(front.base + "swaps/" if front else url, write="true", **more))
    return pager


def make_override(pager, user="bob", role="oncall", **times):
    words = [word for name, value in times.items() for word in (f"--{name}", value)]
    done = pager.pagectl("override", "ops", role, "--to", user, "-m", "dentist; till two",
                         *(words or ("--for", "4h")))
    assert done.returncode == 0, (done.stdout, done.stderr)


def an_override_shows_in_the_calendar_and_an_edit_there_counts():
    with house() as pager:
        radicale = Radicale(pager).start()
        with_swaps(radicale, pager).start()
        before = radicale.events("swaps")["boss.ics"]
        assert on_call(pager) == "ann"
        make_override(pager)
        assert on_call(pager) == "bob", "it counts at once"
        name, _, text = wait_for("the event", lambda: own_event(radicale))
        for line in ("SUMMARY:Bob Test", "X-PAGERD-USER:bob", "X-PAGERD-OVERRIDE:o1",
                     "by ann\\, dentist\\; till two", f"UID:{name[:-4]}@127.0.0.1"):
            assert line in text, (line, text)
        wait_for("nothing waits", lambda: calendar(pager, "swaps")["unwritten"] == 0)
        assert override(pager, 1), "reading it back changes nothing"
        assert on_call(pager) == "bob"

        # Somebody shortens it on a phone: two more hours, and the times there count from now on.
        end = stamp(7200)
        radicale.put(f"swaps/{name}", re.sub(r"DTEND[^\n]*", f"DTEND:{end}", text))
        wait_for("the override to be ended", lambda: not override(pager, 1))
        assert on_call(pager) == "bob", "the event counts in its place"
        after = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 7260))
        assert on_call(pager, "--at", after) == "ann", "and ends when it says"
        assert "override ended in the calendar override=o1 calendar=swaps: changed" in pager.log()
        pager.kill()
        pager.start()
        wait_for("the same after a crash", lambda: on_call(pager) == "bob")
        assert on_call(pager, "--at", after) == "ann"
        radicale.delete(f"swaps/{name}")
        wait_for("the event is gone, and counts no more", lambda: on_call(pager) == "ann")
        assert radicale.events("swaps") == {"boss.ics": before}, "nobody else's event was touched"


def an_override_of_one_role_leaves_the_other_alone():
    with House(team='overrides = "calendar:swaps"') as pager:
        radicale = Radicale(pager).start()
        url = radicale.make("swaps")
        pager.write("pagerd.cfg", open(pager.config).read().replace(
            "calendars: {", f"calendars: {{ swaps: {{ {login(url, write='true')} }}"))
        pager.start()

        def roles():
            return {duty["role"]: duty["user"] for duty in pager.ask("oncall")["oncall"]}

        assert roles() == {"primary": "ann", "secondary": "bob"}
        make_override(pager, "cat", role="secondary")
        assert roles() == {"primary": "ann", "secondary": "cat"}
        name, _, text = wait_for("the event", lambda: own_event(radicale))
        assert "CATEGORIES:secondary" in text, text
        wait_for("nothing waits", lambda: calendar(pager, "swaps")["unwritten"] == 0)
        radicale.put(f"swaps/{name}", text.replace("SUMMARY:Cat Test", "SUMMARY:Dan Test"))
        wait_for("the edit", lambda: roles() == {"primary": "ann", "secondary": "dan"})
        assert not override(pager, 1)
        radicale.put("swaps/mine.ics", EVENT.format(
            name="mine", user="primary: eve", start=stamp(-60), end=stamp(3600), more=""))
        wait_for("a manager's own", lambda: roles() == {"primary": "eve", "secondary": "dan"})


def a_title_changed_on_a_phone_puts_somebody_else_on_call():
    with house() as pager:
        radicale = Radicale(pager).start()
        with_swaps(radicale, pager).start()
        make_override(pager)
        name, _, text = wait_for("the event", lambda: own_event(radicale))
        wait_for("nothing waits", lambda: calendar(pager, "swaps")["unwritten"] == 0)
        radicale.put(f"swaps/{name}", text.replace("SUMMARY:Bob Test", "SUMMARY:Dan Test"))
        wait_for("the override to be ended", lambda: not override(pager, 1))
        assert on_call(pager) == "dan"
        # From now on it is the calendar's: deleting the whole rest leaves the rotation.
        radicale.delete("swaps/boss.ics")
        radicale.delete(f"swaps/{name}")
        wait_for("the rotation", lambda: on_call(pager) == "ann")
        wait_for("an empty calendar of overrides is well", lambda: problem(pager, "swaps") is None)


def a_deletion_there_ends_the_override():
    with house() as pager:
        radicale = Radicale(pager).start()
        front = Front(radicale.port)
        with_swaps(radicale, pager, front).start()
        make_override(pager)
        name = wait_for("the event", lambda: own_event(radicale))[0]
        wait_for("nothing waits", lambda: calendar(pager, "swaps")["unwritten"] == 0)
        for status, body in ((500, b""), (404, b""), (207, b'<multistatus xmlns="DAV:">')):
            front.trouble = lambda ask: ask.reply(status, body) or True
            assert pager.pagectl("calendar", "refresh", "swaps").returncode == 0
            wait_for("the trouble", lambda: problem(pager, "swaps"))
            assert on_call(pager) == "bob", "trouble is no deletion"
            front.trouble = None
            assert pager.pagectl("calendar", "refresh", "swaps").returncode == 0
            wait_for("well again", lambda: problem(pager, "swaps") is None)
        radicale.delete(f"swaps/{name}")
        wait_for("the override to be ended", lambda: not override(pager, 1))
        wait_for("the rotation", lambda: on_call(pager) == "ann")
        assert problem(pager, "swaps") is None, problem(pager, "swaps")
        front.close()


def a_write_whose_answer_is_lost_is_not_written_twice():
    with house() as pager:
        radicale = Radicale(pager).start()
        front = Front(radicale.port)
        with_swaps(radicale, pager, front).start()

        def lose_the_answer(ask):
            if ask.command != "PUT":
                return False
            radicale.put("swaps/" + ask.path.split("/")[-1], ask.text.replace("\r\n", "\n"))
            ask.connection.close()
            return True

        front.trouble = lose_the_answer
        make_override(pager)
        wait_for("the event", lambda: own_event(radicale))
        wait_for("it is recognised", lambda: calendar(pager, "swaps")["unwritten"] == 0)
        front.trouble = None
        assert override(pager, 1) and on_call(pager) == "bob"
        assert "SEQUENCE:0" in own_event(radicale)[2]
        assert len(radicale.events("swaps")) == 2
        front.close()


def an_edit_there_beats_an_end_by_hand():
    with house() as pager:
        radicale = Radicale(pager).start()
        front = Front(radicale.port)
        with_swaps(radicale, pager, front).start()
        make_override(pager)
        name, _, text = wait_for("the event", lambda: own_event(radicale))
        wait_for("nothing waits", lambda: calendar(pager, "swaps")["unwritten"] == 0)
        # pagerd cannot see the edit when it writes the end: only the server can stop it.
        front.trouble = lambda ask: ask.command == "REPORT" and (ask.reply(500) or True)
        wait_for("blindness", lambda: problem(pager, "swaps"))
        edited = text.replace("SUMMARY:Bob Test", "SUMMARY:Eve Test")
        radicale.put(f"swaps/{name}", edited)
        front.asked.clear()
        assert pager.pagectl("override", "--end", "o1").returncode == 0
        wait_for("the write", lambda: any(method == "PUT" for method, _ in front.asked))
        assert "Eve Test" in own_event(radicale)[2], "it was not overwritten"
        front.trouble = None
        assert pager.pagectl("calendar", "refresh", "swaps").returncode == 0
        wait_for("the edit counts", lambda: on_call(pager) == "eve")
        assert "Eve Test" in own_event(radicale)[2]
        front.close()


def an_end_by_hand_is_written():
    with house() as pager:
        radicale = Radicale(pager).start()
        with_swaps(radicale, pager).start()
        make_override(pager)
        make_override(pager, "cat", **{"from": "in 24h", "until": "in 30h"})
        first = wait_for("the first event", lambda: own_event(radicale, 1))
        wait_for("the second event", lambda: own_event(radicale, 2))
        assert pager.pagectl("override", "--end", "o1").returncode == 0
        assert on_call(pager) == "ann"
        changed = wait_for("its new end", lambda: [
            text for _, etag, text in [own_event(radicale, 1)] if etag != first[1]])[0]
        assert "SEQUENCE:1" in changed, changed
        end = re.search(r"DTEND:(\w+)", changed)[1]
        assert end <= stamp(1), (end, stamp(0))
        assert pager.pagectl("override", "--end", "o2").returncode == 0
        wait_for("the second is taken out", lambda: own_event(radicale, 2) is None)
        assert own_event(radicale, 1), "what was true stays"
        assert on_call(pager) == "ann"


def what_could_not_be_written_is_written_after_a_crash():
    with house() as pager:
        radicale = Radicale(pager).start()
        with_swaps(radicale, pager).start()
        radicale.stop()
        make_override(pager)
        pager.kill()  # between the commit and the write
        pager.start()
        assert on_call(pager) == "bob"
        assert calendar(pager, "swaps")["unwritten"] == 1
        radicale.start()
        wait_for("the event", lambda: own_event(radicale))
        assert len(radicale.events("swaps")) == 2, "once"
        wait_for("it is in the copy", lambda: calendar(pager, "swaps")["events"] == 2)

        # Ended while the server is away: the event that is still in the copy never counts.
        radicale.stop()
        assert pager.pagectl("override", "--end", "o1").returncode == 0
        assert on_call(pager) == "ann"
        pager.kill()
        pager.start()
        assert on_call(pager) == "ann"
        radicale.start()
        wait_for("its end", lambda: "SEQUENCE:1" in own_event(radicale)[2])


def a_user_who_may_not_write_is_told():
    gateway = Gateway()
    with house(channels=gateway.config()) as pager:
        radicale = Radicale(pager).start()
        url = radicale.make("swaps")
        set_up(pager, swaps=login(url, user="reader", write="true")).start()
        make_override(pager)
        assert on_call(pager) == "bob", "it counts all the same"
        wait_for("the manager is told", lambda: [
            m for m in gateway.taken() if "overrides cannot be written" in m["text"]])
        assert "HTTP 403" in pager.log()
        assert calendar(pager, "swaps")["unwritten"] == 1
        said = pager.get("/v1/status", headers={"Authorization": f"Bearer {pager.token('ann')}"})[1]
        assert any("HTTP 403" in line for line in json.loads(said)["problems"]), said
        assert radicale.events("swaps") == {}
    gateway.close()


main(a_rotation_in_a_collection_is_followed_and_never_lost,
     what_a_server_leaves_out_is_not_deleted,
     a_server_that_forgets_tokens_or_knows_none_is_followed_too,
     a_server_that_asks_for_patience_gets_it,
     a_wrong_password_is_told_and_never_shown,
     a_certificate_that_nobody_known_has_signed_is_told,
     a_calendar_file_behind_a_login_is_read,
     an_override_shows_in_the_calendar_and_an_edit_there_counts,
     an_override_of_one_role_leaves_the_other_alone,
     a_title_changed_on_a_phone_puts_somebody_else_on_call,
     a_deletion_there_ends_the_override,
     a_write_whose_answer_is_lost_is_not_written_twice,
     an_edit_there_beats_an_end_by_hand,
     an_end_by_hand_is_written,
     what_could_not_be_written_is_written_after_a_crash,
     a_user_who_may_not_write_is_told)
