# SPDX-License-Identifier: MIT
"""Twilio's Messages API (twilio.com/docs/messaging/api/message-resource), and the phones behind it.

Parameters are checked as Twilio does, with its error codes; what becomes of a message is told to its
StatusCallback, signed by the account's token. `fate` says for each message what is told, and when.
"""
import base64
import hashlib
import hmac
import json
import re
import threading
import urllib.error
import urllib.parse
import urllib.request

import fakes
from house import wait_for

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "f0e1d2c3b4a5968778695a4b3c2d1e0f"
NUMBER = "+15005550006"
API = f"/2010-04-01/Accounts/{ACCOUNT}"
PARAMETERS = {"To", "From", "MessagingServiceSid", "Body", "ValidityPeriod", "StatusCallback"}


def signature(url, fields, token=TOKEN):
    """X-Twilio-Signature (twilio.com/docs/usage/webhooks/webhooks-security)."""
    text = url + "".join(name + value for name, value in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def post(url, fields, sign=signature):
    """A callback; (status, body). `sign` None: without a signature."""
    body = urllib.parse.urlencode(fields).encode()
    request = urllib.request.Request(url, body, {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        **({"X-Twilio-Signature": sign(url, fields)} if sign else {})})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def error(code, status=400):
    body = {"code": code, "message": f"error {code}", "status": status,
            "more_info": f"https://www.twilio.com/docs/errors/{code}"}
    return status, json.dumps(body).encode(), {"Content-Type": "application/json"}


def refuse(code, status=400, **headers):
    """A mood: that error, whatever is asked."""
    def mood(handler, request):
        status_, body, own = error(code, status)
        handler.give(status_, body, {**own, **{k.replace("_", "-"): v for k, v in headers.items()}})
    return mood


class Message:
    def __init__(self, twilio, form):
        self.twilio = twilio
        self.form = form
        self.to = form["To"]
        self.text = form["Body"]
        self.sid = "SM%032x" % (len(twilio.messages) + 1)
        self.status = "queued"
        self.error = None
        self.told = []  # (status, answer) of its callbacks

    def fields(self, status, code=None):
        fields = [("MessageSid", self.sid), ("SmsSid", self.sid), ("MessageStatus", status),
                  ("SmsStatus", status), ("To", self.to), ("From", self.form.get("From", NUMBER)),
                  ("AccountSid", ACCOUNT), ("ApiVersion", "2010-04-01")]
        return fields + ([("ErrorCode", str(code))] if code else [])

    def tell(self, status, code=None, url=None, sign=signature, more=()):
        """One callback, as Twilio makes it unless told otherwise."""
        url = url or self.form.get("StatusCallback")
        if url:
            answer = post(url, [*self.fields(status, code), *more], sign)[0]
            self.told.append((status, answer))
            return answer
        return None

    def become(self, status, code=None):
        """What really happens to it: it is told, and shown when asked for."""
        self.status, self.error = status, code
        return self.tell(status, code)

    def show(self):
        return {"sid": self.sid, "account_sid": ACCOUNT, "status": self.status, "to": self.to,
                "error_code": self.error, "body": self.text, "direction": "outbound-api",
                "num_segments": "1"}


def deliver(message):
    for status in ("sent", "delivered"):
        message.become(status)


def fail(code, status="undelivered"):
    def fate(message):
        message.become("sent")
        message.become(status, code)
    return fate


def silence(message):
    """Taken, and nothing is ever heard of it."""


class Twilio(fakes.Fake):
    def __init__(self, fate=deliver, **more):
        self.messages = []
        self.fate = fate
        self.before = lambda message: None  # runs before the request is answered
        super().__init__(**more)

    def config(self, more="", second=""):
        return (f'sms: {{ driver = "twilio", server = "{self.url}", account = "{ACCOUNT}", '
                f'token = "{TOKEN}", from = "{NUMBER}" {more} {second} }}')

    def is_known(self, request):
        expected = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        return request.headers.get("Authorization") == f"Basic {expected}"

    def serve(self, request):
        if not self.is_known(request):
            return error(20003, 401)
        path = urllib.parse.urlsplit(request.path).path
        if request.method == "GET" and path == f"{API}.json":
            return 200, json.dumps({"sid": ACCOUNT, "status": "active"}).encode(), {}
        if request.method == "GET" and path.startswith(f"{API}/Messages/"):
            found = [message for message in self.messages
                     if path == f"{API}/Messages/{message.sid}.json"]
            return (200, json.dumps(found[0].show()).encode(), {}) if found else error(20404, 404)
        if request.method != "POST" or path != f"{API}/Messages.json":
            return error(20404, 404)
        return self.take(request.form())

    def take(self, form):
        assert set(form) <= PARAMETERS, set(form) - PARAMETERS
        if not re.fullmatch(r"\+[1-9]\d{6,14}", form.get("To", "")):
            return error(21211)
        if not form.get("From") and not form.get("MessagingServiceSid"):
            return error(21603)
        if not 0 < len(form.get("Body", "")) <= 1600:
            return error(21602 if not form.get("Body") else 21617)
        if not 1 <= int(form.get("ValidityPeriod", 14400)) <= 36000:
            return error(21626)
        with self.lock:
            message = Message(self, form)
            self.messages.append(message)
        self.before(message)
        threading.Thread(target=self.fate, args=(message,), daemon=True).start()
        return 201, json.dumps(message.show()).encode(), {"Content-Type": "application/json"}

    def to(self, number):
        with self.lock:
            return [message for message in self.messages if message.to == number]

    def wait_for_message(self, number, count=1):
        return wait_for(f"{count} messages to {number}", lambda: self.to(number)
                        if len(self.to(number)) >= count else None)[-1]


def write(url, number, text, sid="SMf0", sign=signature):
    """Somebody writes to the pager's number; (status, TwiML)."""
    return post(url, [("MessageSid", sid), ("AccountSid", ACCOUNT), ("From", number),
                      ("To", NUMBER), ("Body", text), ("NumMedia", "0")], sign)
