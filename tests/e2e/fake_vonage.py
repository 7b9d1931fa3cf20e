# SPDX-License-Identifier: MIT
"""Vonage's SMS API (developer.vonage.com/en/api/sms): every answer is a 200, what it thinks is in
it; receipts and replies are signed with SHA-256 HMAC over all their fields."""
import hashlib
import hmac
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import fakes
from house import wait_for

KEY, API_SECRET, SIGNATURE_SECRET = "abcd1234", "api-secret-0123456", "signature-secret-89abcdef"
NUMBER = "15005550006"
FIELDS = {"api_key", "api_secret", "to", "from", "text", "type", "ttl", "client-ref", "callback",
          "status-report-req"}


def sign(fields, secret=SIGNATURE_SECRET):
    """developer.vonage.com/en/getting-started/concepts/signing-messages"""
    text = "".join(f"&{name}=" + value.replace("&", "_").replace("=", "_")
                   for name, value in sorted(fields.items()))
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest().upper()


def post(url, fields, signer=sign, is_json=True, at=None):
    """A webhook; its status. `signer` None: without a signature."""
    fields = {**fields, "timestamp": str(int(at or time.time())), "nonce": "a1b2", "api-key": KEY}
    if signer:
        fields["sig"] = signer(fields)
    body = json.dumps(fields) if is_json else urllib.parse.urlencode(fields)
    kind = "application/json" if is_json else "application/x-www-form-urlencoded"
    request = urllib.request.Request(url, body.encode(), {"Content-Type": kind})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def status(code):
    """A mood: an answer of that status."""
    def mood(handler, request):
        body = {"message-count": "1", "messages": [{"status": code, "error-text": "no"}]}
        handler.give(200, json.dumps(body).encode(), {"Content-Type": "application/json"})
    return mood


class Message:
    def __init__(self, vonage, form):
        self.form, self.to, self.text = form, form["to"], form["text"]
        self.id = "0A%014X" % (len(vonage.messages) + 1)
        self.told = []

    def tell(self, state, code="0", **more):
        fields = {"msisdn": self.to, "to": NUMBER, "messageId": self.id, "status": state,
                  "err-code": code, "client-ref": self.form.get("client-ref", ""),
                  "scts": "2611220202", "message-timestamp": "2026-11-22 02:02:07"}
        answer = post(self.form["callback"], fields, **more)
        self.told.append((state, answer))
        return answer


def deliver(message):
    message.tell("accepted")
    message.tell("delivered", is_json=False)


class Vonage(fakes.Fake):
    def __init__(self, fate=deliver, **more):
        self.messages, self.fate = [], fate
        super().__init__(**more)

    def config(self, more=""):
        return (f'sms: {{ driver = "vonage", server = "{self.url}", account = "{KEY}", '
                f'token = "{API_SECRET}", secret = "{SIGNATURE_SECRET}", from = "PAGER" {more} }}')

    def serve(self, request):
        if request.path == "/account/get-balance":
            is_known = request.headers.get("Authorization", "").startswith("Basic ")
            return (200, b'{"value": 10.28, "autoReload": false}', {}) if is_known else (401, b"", {})
        if request.path != "/sms/json":
            return 404, b"", {}
        form = request.form()
        assert set(form) <= FIELDS, set(form) - FIELDS
        if (form["api_key"], form["api_secret"]) != (KEY, API_SECRET):
            return 200, b'{"message-count":"1","messages":[{"status":"4"}]}', {}
        assert 20000 <= int(form["ttl"]) <= 604800000, form
        with self.lock:
            message = Message(self, form)
            self.messages.append(message)
        threading.Thread(target=self.fate, args=(message,), daemon=True).start()
        body = {"message-count": "1", "messages": [{
            "to": message.to, "message-id": message.id, "status": "0", "network": "26201"}]}
        return 200, json.dumps(body).encode(), {"Content-Type": "application/json"}

    def to(self, number):
        with self.lock:
            return [message for message in self.messages if message.to == number]

    def wait_for_message(self, number, count=1):
        return wait_for(f"{count} messages to {number}", lambda: self.to(number)
                        if len(self.to(number)) >= count else None)[-1]
