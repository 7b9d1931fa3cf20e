# SPDX-License-Identifier: MIT
"""Pushover as far as an application sees it (pushover.net/api, pushover.net/api/receipts), and phones.

Limits, errors, emergency priority with receipts, cancelling, callbacks (which are not signed) and the
rule of five seconds between two questions about a receipt are the real ones.
"""
import json
import secrets
import string
import time
import urllib.error
import urllib.parse
import urllib.request

import fakes

LETTERS = string.ascii_letters + string.digits
TOKEN = "azGDORePK8gMaC0QOYAMyEEuzJnyUi"
ANN, BOB = "uQiRzpo4DXghDmr9QzzfQu27cmVRsG", "gznej3rKEVAvPUxu9vvNnqpmZpokzF"
LIMITS = {"message": 1024, "title": 250, "url": 512, "url_title": 100}
APART = 5  # seconds between two questions about one receipt


def random_id():
    return "".join(secrets.choice(LETTERS) for _ in range(30))


class Pushover(fakes.Fake):
    def __init__(self, token=TOKEN, users=(ANN, BOB), **more):
        self.token, self.users = token, set(users)
        self.messages, self.receipts = [], {}
        self.left, self.too_soon = 9000, []
        super().__init__(**more)

    def config(self, more=""):
        return f'pushover: {{ server = "{self.url}", token = "{self.token}" {more} }}'

    def refuse(self, status=400, **why):
        body = {**why, "status": 0, "request": "5042853c-402d-4a18-abcb-168734a801de"}
        return status, json.dumps(body).encode(), {}

    def good(self, **more):
        body = {**more, "status": 1, "request": "647d2300-702c-4b38-8b2f-d56326ae460b"}
        return 200, json.dumps(body).encode(), {"X-Limit-App-Limit": "10000",
                                                "X-Limit-App-Remaining": str(self.left)}

    def serve(self, request):
        path, _, query = request.path.partition("?")
        form = {**dict(urllib.parse.parse_qsl(query)), **request.form()}
        if form.get("token") != self.token:
            return self.refuse(token="invalid", errors=["application token is invalid"])
        parts = path.strip("/").split("/")
        if request.method == "POST" and path == "/1/messages.json":
            return self.send(form)
        if request.method == "GET" and path == "/1/apps/limits.json":
            return self.good(limit=10000, remaining=self.left, reset=1393653600)
        if parts[:2] == ["1", "receipts"]:
            return self.receipt(request.method, parts[2].removesuffix(".json"), parts[3:])
        return self.refuse(404, errors=["not found"])

    def send(self, form):
        if form.get("user") not in self.users:
            return self.refuse(user="invalid", errors=["user identifier is not a valid user, group, "
                                                       "or subscribed user key"])
        if self.left <= 0:
            return self.refuse(429, errors=["application is over its quota"])
        for name, most in LIMITS.items():
            if len(form.get(name, "")) > most:
                return self.refuse(**{name: "is too long"}, errors=[f"{name} is too long"])
        if not form.get("message"):
            return self.refuse(message="cannot be blank", errors=["message cannot be blank"])
        self.left -= 1
        if form.get("priority") != "2":
            with self.lock:
                self.messages.append(form)
            return self.good()
        if int(form.get("retry", 0)) < 30 or not 0 < int(form.get("expire", 0)) <= 10800:
            return self.refuse(retry="is invalid", errors=["retry or expire is invalid"])
        receipt = random_id()
        with self.lock:
            form["receipt"] = receipt
            self.receipts[receipt] = {"form": form, "acknowledged": 0, "acknowledged_at": 0,
                                      "acknowledged_by": "", "cancelled": 0, "asked": 0}
            self.messages.append(form)
        return self.good(receipt=receipt)

    def receipt(self, method, receipt, rest):
        found = self.receipts.get(receipt)
        if found is None:
            return self.refuse(404, receipt="not found", errors=["receipt not found"])
        if method == "POST" and rest == ["cancel.json"]:
            found["cancelled"] += 1
            return self.good()
        now = time.monotonic()
        if now - found["asked"] < APART:
            self.too_soon.append(receipt)
        found["asked"] = now
        return self.good(**{name: found[name] for name in (
            "acknowledged", "acknowledged_at", "acknowledged_by")}, last_delivered_at=int(time.time()),
            expired=0, expires_at=int(time.time()) + 3600, called_back=0, called_back_at=0)

    def to(self, user):
        with self.lock:
            return [message for message in self.messages if message["user"] == user]

    def wait_for_message(self, user, count=1):
        return fakes.wait_for(f"{count} messages to {user}", lambda: self.to(user) if len(
            self.to(user)) >= count else None)[count - 1]

    def acknowledge(self, message, by=None, calls_back=True):
        """As the person presses it in the app."""
        found = self.receipts[message["receipt"]]
        found.update(acknowledged=1, acknowledged_at=int(time.time()),
                     acknowledged_by=by or message["user"])
        if calls_back:
            self.call_back(message)

    def call_back(self, message, **more):
        """What Pushover posts; whoever knows the address can. The status of the answer."""
        body = urllib.parse.urlencode({"receipt": message["receipt"], "acknowledged": 1,
                                       "acknowledged_at": int(time.time()),
                                       "acknowledged_by": message["user"], **more}).encode()
        try:
            with urllib.request.urlopen(message["callback"], body, timeout=30) as answer:
                return answer.status
        except urllib.error.HTTPError as refused:
            return refused.code
