# SPDX-License-Identifier: MIT
"""An ntfy server as far as a publisher sees it (docs.ntfy.sh/publish, server/errors.go), and a phone.

Topics, tokens, the limits of size and number, and the bodies of errors are the real ones. A phone
that is subscribed presses the buttons of a message as the apps do: the action's own method, headers
and body.
"""
import base64
import json
import re
import secrets
import urllib.error
import urllib.request

import fakes

MESSAGE_MAX = 4096
JSON_MAX = 16384
ACTIONS_MAX = 3
DISALLOWED = {"docs", "static", "file", "app", "account", "settings"}
ERRORS = {
    40009: (400, "invalid request: topic invalid"),
    40010: (400, "invalid request: topic name is disallowed"),
    40018: (400, "invalid request: actions invalid"),
    40024: (400, "invalid request: request body must be valid JSON"),
    40049: (400, "invalid request: sequence ID invalid"),
    40101: (401, "unauthorized"),
    40301: (403, "forbidden"),
    40401: (404, "page not found"),
    41303: (413, "JSON body too large"),
    42901: (429, "limit reached: too many requests, please be nice"),
    42908: (429, "limit reached: daily message quota reached"),
    50701: (507, "cannot publish to UnifiedPush topic without previously active subscriber"),
}


def error(code):
    status, text = ERRORS[code]
    body = {"code": code, "http": status, "error": text,
            "link": "https://ntfy.sh/docs/publish/#limitations"}
    return status, json.dumps(body).encode() + b"\n", {"Content-Type": "application/json"}


def refuse(code):
    """A mood: that error, whatever is asked."""
    def mood(handler, request):
        handler.give(*error(code))
    return mood


class Ntfy(fakes.Fake):
    def __init__(self, token=None, login=None, **more):
        self.messages = []  # as subscribers get them
        self.token, self.login = token, login
        super().__init__(**more)

    def config(self, more=""):
        return f'ntfy: {{ server = "{self.url}" {more} }}'

    def is_known(self, request):
        given = request.headers.get("Authorization", "")
        if self.token and given == f"Bearer {self.token}":
            return True
        return bool(self.login) and given == "Basic " + base64.b64encode(
            self.login.encode()).decode()

    def serve(self, request):
        has_users = self.token or self.login
        if "Authorization" in request.headers and has_users and not self.is_known(request):
            return error(40101)
        if request.method == "GET" and request.path == "/v1/health":
            return 200, b'{"healthy":true}\n', {}
        if request.method == "GET" and request.path == "/v1/account":
            name = "pager" if self.is_known(request) else "*"
            return 200, json.dumps({"username": name, "role": "user"}).encode(), {}
        if request.method not in ("POST", "PUT") or request.path != "/":
            return error(40401)
        return self.publish(request)

    def publish(self, request):
        if len(request.body) > JSON_MAX:
            return error(41303)
        try:
            wish = json.loads(request.body)
        except ValueError:
            return error(40024)
        topic = wish.get("topic", "")
        if not re.fullmatch(r"[-_A-Za-z0-9]{1,64}", topic):
            return error(40009)
        if topic in DISALLOWED:
            return error(40010)
        if (self.token or self.login) and not self.is_known(request):
            return error(40301)
        if not re.fullmatch(r"[-_A-Za-z0-9]{1,64}", wish.get("sequence_id", "none")):
            return error(40049)
        actions = wish.get("actions", [])
        if len(actions) > ACTIONS_MAX or any(
                not action.get("label") or not action.get("url") or
                action.get("action") not in ("view", "http") for action in actions):
            return error(40018)
        message = {**wish, "id": secrets.token_urlsafe(9)[:12], "event": "message",
                   "message": wish.get("message") or "triggered", "asked": request}
        if len(message["message"].encode()) > MESSAGE_MAX:
            message["attachment"] = {"name": "attachment.txt"}
        with self.lock:
            self.messages.append(message)
        shown = {key: value for key, value in message.items() if key != "asked"}
        return 200, json.dumps(shown).encode() + b"\n", {"Content-Type": "application/json"}

    def shown(self, topic):
        """What the phone shows: what has the sequence_id of an earlier one takes its place."""
        shown = {}
        for message in self.to(topic):
            shown[message.get("sequence_id") or message["id"]] = message
        return list(shown.values())

    def to(self, topic):
        with self.lock:
            return [message for message in self.messages if message["topic"] == topic]

    def wait_for_message(self, topic, count=1):
        return fakes.wait_for(f"{count} messages in {topic}", lambda: self.to(topic) if len(
            self.to(topic)) >= count else None)[count - 1]


def press(message, label, origin=None):
    """As the phone apps do it (and with an origin as a browser would). The last status."""
    action = next(action for action in message["actions"] if action["label"] == label)
    headers = {**action.get("headers", {}), **({"Origin": origin} if origin else {})}
    request = urllib.request.Request(action["url"], action.get("body", "").encode(), headers,
                                     method=action.get("method", "POST"))
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code
