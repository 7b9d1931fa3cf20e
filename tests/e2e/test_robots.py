# SPDX-License-Identifier: MIT
"""Links are opened by machines all day long: scanners, previews, prefetchers. None of them acks."""
import contextlib
import html.parser
import http.client
import http.server
import json
import re
import socket
import threading
import urllib.parse

from browser import Browser
from house import House, main, wait_for
from sinks import Gateway, Mail, link_of, number_of, plain_of

ANN = "+4915550100001"
LONG = '( { page = "primary", wait = "1h" }, { page = "secondary", wait = "1h" } )'
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

# Who opens a link without being asked to, and with what it comes.
ROBOTS = {
    "a chat's preview": ("GET", {"User-Agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
                                 "Range": "bytes=0-32768"}),
    "another chat's preview": ("GET", {"User-Agent": "Mozilla/5.0 (compatible; Discordbot/2.0)"}),
    "a messenger": ("GET", {"User-Agent": "WhatsApp/2.23.20.0 A"}),
    "a second messenger": ("GET", {"User-Agent": "TelegramBot (like TwitterBot)"}),
    "a social network": ("GET", {"User-Agent": "facebookexternalhit/1.1"}),
    "a phone's preview": ("GET", {"User-Agent": "Mozilla/5.0 (iPhone) AppleWebKit/601 facebookexternalhit/1.1 "
                                                "Facebot Twitterbot/1.0"}),
    "a meeting program": ("GET", {"User-Agent": "Mozilla/5.0 SkypeUriPreview Preview/0.5"}),
    "a mail scanner's HEAD": ("HEAD", {"User-Agent": "Mozilla/4.0 (compatible; MSIE 7.0)"}),
    "a mail scanner's GET": ("GET", {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Safelinks",
                                     "Sec-Fetch-Site": "cross-site"}),
    "a search engine": ("GET", {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}),
    "a browser that is ahead of you": ("GET", {"Purpose": "prefetch", "Sec-Purpose": "prefetch;prerender",
                                               "Sec-Fetch-Mode": "navigate"}),
    "an old prefetcher": ("GET", {"X-Moz": "prefetch"}),
    "an image proxy": ("GET", {"User-Agent": "GoogleImageProxy", "Accept": "image/*"}),
    "a link checker": ("OPTIONS", {"Origin": "https://evil.example",
                                   "Access-Control-Request-Method": "POST"}),
    "a folder of the web": ("PROPFIND", {"Depth": "1"}),
    "a tracer": ("TRACE", {}),
    "a hand that slipped": ("PUT", {}),
    "another hand": ("DELETE", {}),
    "a patcher": ("PATCH", {}),
    "one who overrides": ("GET", {"X-HTTP-Method-Override": "POST", "X-HTTP-Method": "POST",
                                  "X-Method-Override": "POST"}),
}


def is_untouched(pager, number=1):
    """Nobody has it, and all that its timeline has was done by its source and by pagerd."""
    shown = pager.show(number)
    return shown["state"] == "triggered" and not shown["acknowledged_by"] and {
        entry["actor"] for entry in shown["timeline"]} <= {"pagerd", "test"}


def opened_by_robots_nothing_is_acked():
    gateway = Gateway()
    with House(channels=gateway.config(), escalate=LONG).start() as pager:
        pager.alert(pager.key())
        link = link_of(gateway.wait(ANN)[0]["text"])
        wait_for("the page's outcome",
                 lambda: pager.pages(1)[0]["state"] not in ("queued", "sending"))
        before = pager.show(1)["timeline"]
        for name, (method, headers) in ROBOTS.items():
            for path in (link, link + "/", link + "?do=ack&_method=POST", link + "?do=resolve"):
                status, body, head = pager.request(method, path, None, headers)
                assert status in (200, 405), (name, status)
                assert "Set-Cookie" not in head and "Location" not in head, (name, head)
                assert "<script" not in body, name
            assert is_untouched(pager), name
        assert pager.show(1)["timeline"] == before, "not even an entry"
    gateway.close()


def robots_that_post_what_no_button_posts_change_nothing():
    gateway = Gateway()
    with House(channels=gateway.config(), escalate=LONG).start() as pager:
        pager.alert(pager.key())
        link = link_of(gateway.wait(ANN)[0]["text"])
        bodies = ["", "do=", "do=explode", '{"do":"ack"}', "DO=ack", "do[]=ack", "ack", "do=ack%00x",
                  "do=ACK", "_method=POST", "&" * 1000, "a=1&" * 1000 + "do=ack", "\xff\xfe", "do=ack "]
        for body in bodies:
            status = pager.request("POST", link, body.encode("latin-1"), FORM)[0]
            assert status == 400, (body[:40], status)
            assert pager.request("POST", link + "?do=ack", body.encode("latin-1"), FORM)[0] == 400
        for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"},
                        {"Sec-Fetch-Site": "same-site"},
                        {"Origin": f"http://127.0.0.1:{pager.port}.evil.example"}):
            answer = pager.request("POST", link, "do=ack", {**FORM, **headers})
            assert answer[0] == 403, (headers, answer[:2])
        assert is_untouched(pager)
    gateway.close()


class Form(html.parser.HTMLParser):
    """What a program sees that presses buttons: the links, and the form's fields and buttons."""

    def __init__(self, page):
        super().__init__()
        self.links, self.fields, self.buttons = [], {}, []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "a":
            self.links.append(found.get("href", ""))
        if tag == "input":
            self.fields[found["name"]] = found.get("value", "")
        if tag == "button":
            self.buttons.append((found["name"], found["value"]))


class Farm:
    """A pagerd whose people have mail and a phone, and the robots' ways to it."""

    def __init__(self, pager, gateway, mail):
        self.pager, self.gateway, self.mail = pager, gateway, mail
        self.key = pager.key()
        self.count = 0

    def page(self, name):
        """A new incident: its number, the link and the number of its mail, the link of its SMS."""
        self.count += 1
        done = self.pager.alert(self.key, f"{name} {self.count}", service=f"s{self.count}",
                                dedup_key=f"k{self.count}", runbook="https://wiki.example/disk")
        incident = json.loads(done[1])["alerts"][0]["incident"]
        tag = f"CRIT #{incident} "
        text = wait_for(f"the SMS of {tag}", lambda: next(
            (m["text"] for m in self.gateway.taken(ANN) if tag in m["text"]), None))
        letter = wait_for(f"the mail of {tag}", lambda: next(
            (plain_of(m) for m in self.mail.to("ann@example.org") if tag[:-1] + "]" in m["subject"]),
            None))
        return Target(self, incident, link_of(letter), number_of(letter), link_of(text))

    def raw(self, what, is_left=False):
        """Bytes on a connection of their own; all that came back. `is_left`: does not wait for it."""
        with socket.create_connection(("127.0.0.1", self.pager.port), timeout=60) as connection:
            connection.sendall(what)
            connection.shutdown(socket.SHUT_WR)
            if is_left:
                return b""
            got = b""
            with contextlib.suppress(ConnectionResetError):
                while more := connection.recv(1 << 16):
                    got += more
            return got


class Target:
    def __init__(self, farm, incident, link, number, sms):
        self.farm, self.incident, self.link, self.number, self.sms = farm, incident, link, number, sms
        self.request = farm.pager.request

    def press(self, link, form, headers=None):
        return self.request("POST", link, urllib.parse.urlencode(form), {**FORM, **(headers or {})})

    def form(self, link=None):
        return Form(self.request("GET", link or self.link)[1])


BROWSER = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like "
                         "Gecko) Chrome/142.0.0.0 Safari/537.36", "Accept": "text/html,*/*;q=0.8"}
ACTIONS = ("ack", "take", "undo", "pass", "snooze", "wake", "resolve", "note", "stranger")


def scan_as_defender(target):
    for method in ("HEAD", "GET", "GET"):
        assert target.request(method, target.link, None, BROWSER)[0] == 200
    target.request("GET", target.link, None, {**BROWSER, "Referer": "https://eur01.safelinks.example/"})


def scan_as_proofpoint(target):
    for path in (target.link, target.link.upper().replace("/A/", "/a/"), target.link + "/"):
        status, _, head = target.request("GET", path, None, BROWSER)
        assert status == 200 and "Location" not in head, "nowhere to be led"


def scan_as_mimecast(target):
    target.request("OPTIONS", target.link, None, BROWSER)
    target.request("GET", target.link, None, {"User-Agent": "Mozilla/4.0", "Accept": "*/*"})


def scan_as_barracuda(target):
    for extra in ("?do=ack", "?n=1111", "?do=ack&n=1111", "?url=x&_method=POST", ";do=ack", "#ack"):
        target.request("GET", target.link + extra, None, BROWSER)


def scan_every_minute(target):
    for _ in range(30):
        target.request("HEAD", target.link, None, {"User-Agent": "UptimeRobot/2.0"})


def prefetch(target):
    for headers in ({"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"},
                    {"X-Moz": "prefetch"}, {"X-Purpose": "preview"}):
        target.request("GET", target.link, None, {**BROWSER, **headers, "Sec-Fetch-Site": "none"})


def preview_in_chats(target):
    for method, headers in ROBOTS.values():
        for link in (target.link, target.sms):
            target.request(method, link, None, headers)


def crawl_and_submit_by_get(target):
    """Every link, and every button with every field, as the address of a GET."""
    for start in (target.link, target.sms):
        form = target.form(start)
        assert form.buttons and form.fields.keys() <= {"n", "note"}, form.fields
        for link in form.links:
            target.request("GET", urllib.parse.urljoin(start, link).replace("https://", "/"), None, {})
        for filled in ("", "x", "1234"):
            for name, value in form.buttons:
                query = {**{field: filled for field in form.fields}, name: value}
                target.request("GET", start + "?" + urllib.parse.urlencode(query), None, BROWSER)


def press_every_button(target):
    """As the page has them, nothing filled in."""
    form = target.form()
    assert len(form.buttons) >= 5 and form.fields["n"] == "", (form.buttons, form.fields)
    for name, value in form.buttons:
        assert target.press(target.link, {**form.fields, name: value}, BROWSER)[0] == 400


def press_every_button_there_is(target):
    for action in ACTIONS:
        for more in ({}, {"n": ""}, {"n": "on"}, {"n": "test@example.org"}, {"note": "x"},
                     {"n": "12345678901"}, {"n": "-1"}, {"n": "1e3"}, {"n": "0x12"}, {"n[]": "1"}):
            assert target.press(target.link, {"do": action, **more})[0] == 400
            assert target.press(target.link + "?n=1234&do=ack", {"do": action, **more})[0] == 400


def unsubscribe_by_one_click(target):
    """RFC 8058: some mail programs post this to every link of a mail."""
    for link in (target.link, target.sms):
        assert target.press(link, {"List-Unsubscribe": "One-Click"})[0] == 400


def guess_the_number(target):
    for guess in (1111, 1234, 2000, 1984, 9999, 4321, 7777, 2026):
        target.press(target.link, {"do": "ack", "n": guess})
    for guess in (target.number, 1000, 5555, target.number):  # too late: two tries there are
        assert target.press(target.link, {"do": "ack", "n": guess})[0] == 303
    story = [entry for entry in target.farm.pager.show(target.incident)["timeline"]
             if entry["event"] == "link"]
    assert len(story) == 2 and "acts no more" in story[1]["text"], story


def say_to_be_somebody_else(target):
    assert target.press(target.sms, {"do": "stranger"})[0] == 303
    assert target.press(target.sms, {"do": "ack"})[0] == 303
    assert "does nothing any more" in target.request("GET", target.sms)[1]


def replay_what_ann_pressed(target):
    """A POST that was right, caught on its way, sent again in the next episode of the same key."""
    farm = target.farm
    caught = (target.link, {"do": "ack", "n": target.number})
    assert target.press(*caught)[0] == 303
    assert farm.pager.show(target.incident)["acknowledged_by"] == "ann"
    body = {"action": "resolve", "dedup_key": f"k{farm.count}"}
    farm.pager.request("POST", "/v1/alerts", body, {"Authorization": f"Bearer {farm.key}"})
    again = json.loads(farm.pager.alert(farm.key, "again", service=f"s{farm.count}",
                                        dedup_key=f"k{farm.count}")[1])["alerts"][0]["incident"]
    assert again != target.incident
    for link in (target.link, target.sms):
        for action in ACTIONS:
            target.press(link, {"do": action, "n": target.number, "note": "x"})
            target.press(link + f"?n={target.number}", {"do": action, "n": target.number})
    assert farm.pager.show(target.incident)["state"] == "resolved"
    target.incident = again


def guess_links(target):
    token = target.sms[3:]
    near = [token[:at] + ("0" if token[at] != "0" else "1") + token[at + 1:] for at in range(20)]
    for guess in (*near, token[:-1], token + "0", token * 2, "0" * 20, "z" * 20, "", "..", "%00"):
        assert target.press("/a/" + guess, {"do": "ack"})[0] in (404, 405, 429), guess


def forge_where_it_comes_from(target):
    for at in range(30):
        ways = {"X-Forwarded-For": f"198.51.100.{at}", "Forwarded": f"for=198.51.100.{at}",
                "X-Real-IP": f"198.51.100.{at}", "CF-Connecting-IP": "127.0.0.1"}
        status = target.request("POST", f"/a/{at:020d}", "do=ack", {**FORM, **ways})[0]
        assert status in (404, 429) and (at < 60 or status == 429), (at, status)
    assert status == 429, "an address that is only claimed buys no tries"
    ways["X-HTTP-Method-Override"] = "POST"
    target.request("GET", target.sms + "?do=ack", None, ways)


def post_from_another_site(target):
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"},
                    {"Sec-Fetch-Site": "same-site"}, {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
                    {"Origin": "http://127.0.0.1:1"}, {"Origin": "file://"},
                    {"Origin": target.farm.pager.url + ".evil.example"}):
        for link, form in ((target.sms, {"do": "ack"}),
                           (target.link, {"do": "ack", "n": target.number})):
            assert target.press(link, form, headers)[0] == 403, headers


def speak_http_1_0(target):
    for what in ("GET {} HTTP/1.0", "HEAD {} HTTP/1.0", "GET {}?do=ack HTTP/1.0", "OPTIONS {} HTTP/1.0"):
        target.farm.raw((what.format(target.sms) + "\r\n\r\n").encode())
    target.farm.raw(f"GET {target.sms}\r\n".encode())


def pipeline(target):
    one = "{} {} HTTP/1.1\r\nHost: x\r\n\r\n"
    got = target.farm.raw("".join(one.format(method, target.sms) for method in
                                  ("GET", "HEAD", "GET", "OPTIONS") * 8).encode())
    assert got.count(b"HTTP/1.1 200") >= 8, got[:200]


def break_off(target):
    """A press that never came whole is none."""
    head = f"POST {target.sms} HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM['Content-Type']}\r\n"
    for what in (head + "Content-Length: 99\r\n\r\ndo=ack",
                 head + "Transfer-Encoding: chunked\r\n\r\n6\r\ndo=ack\r\n", head[:-20]):
        target.farm.raw(what.encode(), is_left=True)


def smuggle(target):
    """Where the body ends is said twice: what a proxy took for a body must be no request here."""
    head = f"POST {target.sms} HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM['Content-Type']}\r\n"
    for more in ("Content-Length: 6\r\nContent-Length: 0\r\n\r\ndo=ack",
                 "Content-Length: 0\r\nContent-Length: 6\r\n\r\ndo=ack",
                 "Content-Length: 6\r\ncontent-length: 6\r\n\r\ndo=ack",
                 "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n6\r\ndo=ack\r\n0\r\n\r\n",
                 "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n6\r\ndo=ack\r\n0\r\n\r\n"):
        got = target.farm.raw((head + more).encode())
        assert got.startswith(b"HTTP/1.1 400 ") and got.count(b"HTTP/1.1 ") == 1, (more, got)
    inner = (head + "Content-Length: 6\r\n\r\ndo=ack").encode()
    outer = f"GET {target.sms} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(inner)}\r\n\r\n"
    target.farm.raw(outer.encode() + inner)


def forge_callbacks(target):
    """As the provider of a channel would tell that Ann has answered, without its secret."""
    says = [{"From": ANN, "Body": "4", "MessageSid": "SM1", "AccountSid": "AC1"},
            {"Digits": "4", "CallSid": "CA1", "From": ANN}, {"from": ANN, "text": "ack 1"},
            {"payload": json.dumps({"type": "block_actions", "user": {"id": "ann"},
                                    "actions": [{"action_id": "ack", "value": "1"}]})},
            {"update_id": 1, "message": {"text": "/ack 1", "from": {"username": "ann"}}}]
    forged = {"X-Twilio-Signature": "AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "X-Slack-Signature": "v0=" + "0" * 64,
              "X-Slack-Request-Timestamp": "1795285765", "X-Signature-Ed25519": "0" * 128,
              "X-Telegram-Bot-Api-Secret-Token": "secret", "Authorization": "Bearer x"}
    for channel in ("sms.1", "sms.2", "email.1", "voice.1", "ntfy.1", "slack.1", "telegram.1", "chat.1"):
        for what in ("status", "reply", "keys", "button"):
            for code in ("1.1." + "A" * 43, "0" * 26, "1.1.", "x"):
                path = f"/v1/callbacks/{channel}/{what}/{code}"
                for body in says[:1] if code != "x" else says:
                    found = [target.request("POST", path, body, forged)[0],
                             target.request("POST", path, urllib.parse.urlencode(body), {**FORM, **forged})[0],
                             target.request("GET", path, None, forged)[0]]
                    assert set(found) <= {400, 403, 404, 405, 429}, (path, found)


def send_huge_forms(target):
    for body in ("note=" + "x" * (3 << 20), "do=" + "ack" * 100000, "a=1&" * 200000 + "do=ack",
                 "&" * 500000, "n=" + "1" * 100000 + "&do=ack"):
        with contextlib.suppress(ConnectionError):
            assert target.request("POST", target.link, body, FORM)[0] in (400, 413)


def send_other_forms(target):
    for kind, body in (("multipart/form-data; boundary=b",
                        '--b\r\nContent-Disposition: form-data; name="do"\r\n\r\nack\r\n--b--\r\n'),
                       ("application/json", '{"do":"ack"}'), ("text/plain", "do=ack\r\nx"),
                       ("application/xml", "<do>ack</do>")):
        assert target.request("POST", target.sms, body, {"Content-Type": kind})[0] == 400, kind


# None of it may be taken for Ann. Those that use up a link get an incident of their own.
OF_THEIR_OWN = (guess_the_number, say_to_be_somebody_else, replay_what_ann_pressed)
SCANNERS = (scan_as_defender, scan_as_proofpoint, scan_as_mimecast, scan_as_barracuda,
            scan_every_minute, prefetch, preview_in_chats, crawl_and_submit_by_get,
            press_every_button, press_every_button_there_is, unsubscribe_by_one_click,
            guess_the_number, say_to_be_somebody_else, replay_what_ann_pressed, guess_links,
            forge_where_it_comes_from, post_from_another_site, forge_callbacks, speak_http_1_0, pipeline, break_off, smuggle,
            send_huge_forms, send_other_forms)


class Flood:
    """Guesses that never end, from many addresses of this machine at once."""

    def __init__(self, port):
        self.port, self.is_over, self.count = port, threading.Event(), 0
        self.threads = [threading.Thread(target=self.run, args=(f"127.0.0.{at + 1}",), daemon=True)
                        for at in range(8)]
        for thread in self.threads:
            thread.start()

    def run(self, address):
        while not self.is_over.is_set():
            with contextlib.suppress(OSError, http.client.HTTPException):
                door = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10,
                                                  source_address=(address, 0))
                while not self.is_over.is_set():
                    self.count += 1
                    door.request("POST", f"/a/{self.count:020d}", "do=ack", FORM)
                    door.getresponse().read()

    def stop(self):
        self.is_over.set()
        for thread in self.threads:
            thread.join()


@contextlib.contextmanager
def farm():
    gateway, mail = Gateway(), Mail()
    with House(channels=gateway.config() + " " + mail.config(), escalate=LONG).start() as pager:
        yield Farm(pager, gateway, mail)
    gateway.close()
    mail.close()


def a_farm_of_robots_acks_nothing_and_ann_does():
    assert len(SCANNERS) >= 20, len(SCANNERS)
    with farm() as place:
        hers, texts = place.page("hers"), place.page("hers by SMS")
        shared = place.page("shared")
        for robot in SCANNERS:
            target = place.page(robot.__name__) if robot in OF_THEIR_OWN else shared
            robot(target)
            assert is_untouched(place.pager, target.incident), (
                robot.__name__, place.pager.show(target.incident)["timeline"])
        flood = Flood(place.pager.port)
        wait_for("the flood", lambda: flood.count > 500)
        assert hers.request("GET", hers.link)[0] == 200
        assert hers.press(hers.link, {"do": "ack", "n": hers.number})[0] == 303
        assert texts.press(texts.sms, {"do": "ack"})[0] == 303
        for target in (hers, texts):
            assert place.pager.show(target.incident)["acknowledged_by"] == "ann"
        before = flood.count
        wait_for("the flood to have gone on meanwhile", lambda: flood.count > before)
        flood.stop()
        print(f"{len(SCANNERS)} robots and {flood.count} guesses: no ack but Ann's two")


# What a page does to all that can be pressed on another one, as a script in it.
CLICK = """(function (at, fill) {
    document.querySelectorAll('input:not([type=hidden])').forEach(function (field) {
        if (fill !== null) { field.value = fill; }
    });
    document.querySelectorAll('form').forEach(function (form) { form.noValidate = fill !== null; });
    var all = document.querySelectorAll('button, label, input, summary, [role=button]');
    if (at < all.length) { all[at].click(); }
    return all.length;
})(%d, %s)"""


def a_browser_that_presses_all_it_sees_acks_nothing():
    browser = Browser()
    with farm() as place:
        target = place.page("clicked")
        tab = browser.tab()
        presses = 0
        for fill in ("null", "''", "'test'", "'1234'", "'0000'"):
            at, count = 0, 1
            while at < count:
                tab.open(place.pager.url + target.link)
                count = tab.run(CLICK % (at, fill))
                at, presses = at + 1, presses + 1
                tab.settle()
            assert is_untouched(place.pager, target.incident), (fill, place.pager.show(target.incident))
        assert presses >= 20, presses
        print(f"{presses} clicks")
    browser.close()


class Trap:
    """Another site, whose page does with a link whatever pages can do."""

    def __init__(self, page):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(page.encode())

            def log_message(self, *words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def urls(self):
        port = self.server.server_address[1]
        return f"http://localhost:{port}/", f"http://127.0.0.1:{port}/"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


TRAP = """<!doctype html><title>trap</title>
<link rel="prefetch" href="{0}"><link rel="prerender" href="{0}"><link rel="preload" as="fetch" href="{0}">
<script type="speculationrules">{{"prerender":[{{"source":"list","urls":["{0}"]}}],
"prefetch":[{{"source":"list","urls":["{0}"]}}]}}</script>
<img src="{0}"><iframe src="{0}"></iframe><object data="{0}"></object><a href="{0}" ping="{0}">x</a>
<iframe name="into"></iframe><form id="f" method="post" action="{0}" target="into">
<input name="do" value="ack"><input name="n" value="{1}"></form>
<script>document.getElementById('f').submit();
navigator.sendBeacon('{0}', new URLSearchParams('do=ack&n={1}'));
document.querySelector('a').click;
fetch('{0}', {{method: 'POST', mode: 'no-cors', body: new URLSearchParams('do=ack&n={1}')}})
    .finally(function () {{ document.title = 'sprung'; }});</script>"""


def another_sites_page_in_a_browser_acks_nothing():
    browser = Browser()
    with farm() as place:
        for pick in ("sms", "link"):
            target = place.page("trapped")
            trap = Trap(TRAP.format(place.pager.url + getattr(target, pick), target.number))
            for url in trap.urls():  # another site, and another origin of the same one
                tab = browser.tab()
                tab.open(url)
                tab.settle("document.title === 'sprung'")
                tab.open(place.pager.url + "/healthz")
                assert is_untouched(place.pager, target.incident), place.pager.show(target.incident)
            trap.close()
    browser.close()


def a_browser_that_shows_the_page_does_not_press():
    browser = Browser()
    with farm() as place:
        target = place.page("shown")
        for link in (target.link, target.sms):
            tab = browser.tab()
            tab.open(place.pager.url + link)
            assert "I have it" in tab.run("document.body.innerText")
            tab.run("window.scrollTo(0, document.body.scrollHeight)")
        assert is_untouched(place.pager, target.incident)
    browser.close()


def guessing_is_slowed_and_locks_out_nobody():
    gateway = Gateway()
    with House(channels=gateway.config(), escalate=LONG).start() as pager:
        key = pager.key()
        token = pager.token("bob")
        pager.alert(key)
        link = link_of(gateway.wait(ANN)[0]["text"])
        found = [pager.get(f"/a/{i:020d}")[0] for i in range(40)]
        assert set(found) == {404, 429} and found.count(404) <= 20, found
        found = [pager.request("POST", f"/a/{i:020d}", "do=ack", FORM)[0] for i in range(20)]
        assert set(found) <= {404, 429}, found
        for near in (link[:-1], link + "0", link[:-1] + ("0" if link[-1] != "0" else "1")):
            assert pager.get(near)[0] in (404, 429), near
        for i in range(60):
            assert pager.get("/v1/incidents", headers={
                "Authorization": f"Bearer pgu_{i}"})[0] in (401, 429)
        assert pager.get(link)[0] == 200, "the right link works all the same"
        assert pager.get("/v1/incidents", headers={"Authorization": f"Bearer {token}"})[0] == 200
        assert pager.alert(key, dedup_key="other")[0] == 202
        assert pager.request("POST", link, "do=ack", FORM)[0] == 303
        assert pager.show(1)["acknowledged_by"] == "ann"
    gateway.close()


def an_old_link_does_nothing_to_what_came_later():
    gateway = Gateway()
    with House(channels=gateway.config(), escalate=LONG).start() as pager:
        key = pager.key()
        pager.alert(key, dedup_key="k")
        link = link_of(gateway.wait(ANN)[0]["text"])
        assert pager.request("POST", link, "do=ack", FORM)[0] == 303
        pager.request("POST", "/v1/alerts", {"action": "resolve", "dedup_key": "k"},
                      {"Authorization": f"Bearer {key}"})
        assert pager.show(1)["state"] == "resolved"
        pager.alert(key, dedup_key="k")
        for action in ("ack", "take", "undo", "pass", "snooze", "wake", "resolve", "note&note=x"):
            pager.request("POST", link, "do=" + action, FORM)
        assert pager.show(1)["state"] == "resolved"
        assert is_untouched(pager, 2)
        assert "Nothing to do" in pager.get(link)[1]
        pager.stop()
        pager.start()
        pager.request("POST", link, "do=ack", FORM)
        assert pager.show(2)["state"] == "triggered", "not after a restart either"
    gateway.close()


def the_page_tells_nobody_where_it_is():
    gateway = Gateway()
    with House(channels=gateway.config(), escalate=LONG).start() as pager:
        pager.alert(pager.key(), link="https://elsewhere.example/", runbook="https://wiki.example/")
        link = link_of(gateway.wait(ANN)[0]["text"])
        _, body, head = pager.get(link)
        assert head["Referrer-Policy"] == "no-referrer" and head["Cache-Control"] == "no-store"
        assert "noindex" in head["X-Robots-Tag"] and head["X-Frame-Options"] == "DENY"
        policy = head["Content-Security-Policy"]
        for rule in ("default-src 'none'", "form-action 'self'", "frame-ancestors 'none'",
                     "base-uri 'none'"):
            assert rule in policy, policy
        assert "unsafe" not in policy, policy
        assert link[3:] not in body, "the page itself does not hold its token"
        assert re.findall(r"<a [^>]*>", body) and all(
            "noreferrer" in anchor for anchor in re.findall(r"<a [^>]*>", body)), body
        assert pager.get("/a/")[0] == 404
    gateway.close()


main(opened_by_robots_nothing_is_acked,
     robots_that_post_what_no_button_posts_change_nothing,
     a_farm_of_robots_acks_nothing_and_ann_does,
     guessing_is_slowed_and_locks_out_nobody,
     an_old_link_does_nothing_to_what_came_later,
     the_page_tells_nobody_where_it_is,
     a_browser_that_shows_the_page_does_not_press,
     another_sites_page_in_a_browser_acks_nothing,
     a_browser_that_presses_all_it_sees_acks_nothing)
