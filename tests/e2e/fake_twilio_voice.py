# SPDX-License-Identifier: MIT
"""Twilio's Calls API, and the telephone at its other end.

A call runs its TwiML as Twilio does: what is nested in <Gather> is heard until a key is pressed,
the keys go to its action, and the document that comes back replaces the one before. Callbacks are
signed with the account's token. `answer` says what the person called does, by number of the call.
"""
import base64
import hashlib
import hmac
import http.server
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree

from house import wait_for

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "f0e1d2c3b4a5968778695a4b3c2d1e0f"
NUMBER = "+15005550006"
VERBS = {"Say", "Gather", "Pause", "Hangup"}
GATHER = {"input", "numDigits", "timeout", "method", "finishOnKey", "action"}


def signature(url, fields, token=TOKEN):
    """X-Twilio-Signature: over the address and all fields, sorted by name."""
    text = url + "".join(name + value for name, value in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def post(url, fields, sign=signature, headers=None):
    """A callback; (status, body)."""
    body = urllib.parse.urlencode(fields).encode()
    request = urllib.request.Request(url, body, {
        "Content-Type": "application/x-www-form-urlencoded",
        **({"X-Twilio-Signature": sign(url, fields)} if sign else {}), **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


class Call:
    """One call. `presses`: what is keyed in at each <Gather>; None waits for its end."""

    def __init__(self, twilio, form):
        self.twilio = twilio
        self.form = form
        self.to = form["To"]
        self.sid = "CA%032x" % (len(twilio.calls) + 1)
        self.heard = []  # all that was said, in order
        self.actions = []  # (address, fields, status, document) of the keys
        self.status = "queued"
        self.is_over = False

    def fields(self, status, **more):
        return [("AccountSid", ACCOUNT), ("CallSid", self.sid), ("CallStatus", status),
                ("Direction", "outbound-api"), ("From", NUMBER), ("To", self.to),
                ("ApiVersion", "2010-04-01"), *more.items()]

    def tell(self, name, status, **more):
        """A callback of the address in the form of the call."""
        url = self.form.get(name)
        return post(url, self.fields(status, **more)) if url else None

    def run(self, document, presses):
        """Plays a document; presses are taken from the front of the list."""
        root = xml.etree.ElementTree.fromstring(document)
        assert root.tag == "Response", document
        for verb in root:
            assert verb.tag in VERBS, document
            if verb.tag == "Say":
                self.say(verb)
            elif verb.tag == "Hangup":
                return
            elif verb.tag == "Gather":
                assert set(verb.attrib) <= GATHER and verb.get("action"), document
                keys = presses.pop(0) if presses else None
                for part in verb:
                    assert part.tag in ("Say", "Pause"), document
                    if part.tag == "Say":
                        self.say(part)
                if keys == "hang up":
                    return
                if keys:
                    keys = keys[:int(verb.get("numDigits", 99))]
                    self.press(verb.get("action"), keys, presses)
                    return

    def press(self, url, keys, presses):
        fields = self.fields("in-progress", Digits=keys, msg="Gather End",
                             FinishedOnKey="")
        status, document = post(url, fields)
        self.actions.append((url, fields, status, document))
        if status == 200:
            self.run(document, presses)
        else:
            self.heard.append("An application error has occurred. Goodbye.")

    def say(self, verb):
        self.heard.append("".join(verb.itertext()))

    def live(self, answer):
        """From dialling to the last callback."""
        try:
            self.status = "in-progress"
            if answer == "ringing":  # and nothing more is heard of it
                return
            if isinstance(answer, str):  # "busy", "no-answer", "failed", "canceled"
                self.status = answer
                self.tell("StatusCallback", answer, SequenceNumber="0")
                return
            is_machine = answer is None
            self.tell("AsyncAmdStatusCallback", "in-progress",
                      AnsweredBy="machine_start" if is_machine else "human",
                      MachineDetectionDuration="3200") if self.twilio.detects else None
            self.run(self.form["Twiml"], [] if is_machine else list(answer))
            self.status = "completed"
            for _ in range(self.twilio.repeats):
                self.tell("StatusCallback", "completed", SequenceNumber="0", CallDuration="21",
                          **({"AnsweredBy": "machine_start"} if is_machine else {}))
        finally:
            self.is_over = True


class TwilioVoice:
    """The API. `answer(call, n)`: what happens at the n-th call to that number, from 1: a word of
    CallStatus ("ringing" for ever), a list of presses, or None for a mailbox; `refuse(form)`: an error of the API."""

    def __init__(self, answer=lambda call, n: [], refuse=lambda form: None, detects=True,
                 repeats=1):
        self.answer = answer
        self.refuse = refuse
        self.detects = detects
        self.repeats = repeats  # of the last callback
        self.calls = []
        self.polls = 0
        self.lock = threading.Lock()
        twilio = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def reply(self, status, document):
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def is_known(self):
                login = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
                if self.headers.get("Authorization") == f"Basic {login}":
                    return True
                self.reply(401, {"code": 20003, "message": "Authenticate", "status": 401,
                                 "more_info": "https://www.twilio.com/docs/errors/20003"})
                return False

            def do_GET(self):
                base = f"/2010-04-01/Accounts/{ACCOUNT}"
                if not self.is_known():
                    return
                if self.path == base + ".json":
                    self.reply(200, {"sid": ACCOUNT, "status": "active", "type": "Full"})
                    return
                twilio.polls += 1
                for call in twilio.calls:
                    if self.path == f"{base}/Calls/{call.sid}.json":
                        self.reply(200, {"sid": call.sid, "status": call.status,
                                         "answered_by": None, "to": call.to})
                        return
                self.reply(404, {"code": 20404, "message": "not found", "status": 404})

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                if not self.is_known():
                    return
                assert self.path == f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json", self.path
                form = dict(urllib.parse.parse_qsl(body, keep_blank_values=True))
                status, document = twilio.take(form)
                self.reply(status, document)

            def log_message(self, *words):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, form):
        error = self.refuse(form)
        if error is None and not form.get("To", "").startswith("+"):
            error = (400, 21211)
        if error is None and len(form.get("Twiml", "")) > 4000:
            error = (400, 21205)
        if error:
            return error[0], {"code": error[1], "message": "refused", "status": error[0],
                              "more_info": f"https://www.twilio.com/docs/errors/{error[1]}"}
        with self.lock:
            call = Call(self, form)
            self.calls.append(call)
            n = len([other for other in self.calls if other.to == call.to])
        threading.Thread(target=call.live, args=(self.answer(call, n),), daemon=True).start()
        return 201, {"sid": call.sid, "status": "queued", "to": call.to, "from": NUMBER}

    def config(self, more=""):
        return (f'voice: {{ driver = "twilio", account = "{ACCOUNT}", token = "{TOKEN}", '
                f'from = "{NUMBER}", server = "http://127.0.0.1:{self.port}" {more} }}')

    def to(self, number):
        with self.lock:
            return [call for call in self.calls if call.to == number]

    def wait(self, number, count=1, is_over=True):
        """That many calls to the number, all of them ended."""
        def come():
            calls = self.to(number)
            if len(calls) >= count and (not is_over or all(c.is_over for c in calls)):
                return calls
            return None
        return wait_for(f"{count} calls to {number}; came {len(self.to(number))}", come)

    def close(self):
        self.server.shutdown()
        self.server.server_close()
