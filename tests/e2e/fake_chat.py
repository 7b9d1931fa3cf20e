# SPDX-License-Identifier: MIT
"""Chat services that speak as the real ones do, and misbehave as they do.

A fake keeps what is in its rooms: posts by id, with what they show now and what was said under them.
`misbehave` holds what the next requests meet instead, one each: a name of MISBEHAVIOURS.
"""
import hashlib
import hmac
import http.server
import json
import socket
import threading
import time
import urllib.parse

from house import wait_for


class Request:
    def __init__(self, handler):
        self.method = handler.command
        self.path = handler.path
        self.headers = handler.headers
        self.body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        self.at = time.monotonic()

    def json(self):
        return json.loads(self.body) if self.body else {}


class Chat:
    """What all have in common: a server, posts, and a list of what goes wrong next."""

    name = None
    MISBEHAVIOURS = {}

    def __init__(self):
        self.posts = {}  # id -> {"room", "text", "buttons", "notes"}
        self.order = []  # ids
        self.whispers = []
        self.requests = []
        self.misbehave = []
        self.lock = threading.RLock()
        self.count = 0
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                request = Request(self)
                with fake.lock:
                    fake.requests.append(request)
                    wrong = fake.misbehave.pop(0) if fake.misbehave and fake.is_about_rooms(
                        request) else None
                if wrong == "close":
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                if wrong == "hang":
                    time.sleep(60)
                    return
                if wrong == "half":  # it was taken, and the answer breaks off
                    fake.take(request)
                    self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"ok\"")
                    self.wfile.flush()
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                status, headers, said = fake.wrong(wrong) if wrong else fake.take(request)
                body = said if isinstance(said, bytes) else json.dumps(said).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_PUT = do_PATCH = do_GET = do_DELETE = answer

            def log_message(self, *words):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client):
                pass  # it was told to close in mid-sentence

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def is_about_rooms(self, request):
        return True

    def wrong(self, name):
        return self.MISBEHAVIOURS[name]

    def post(self, room, text, buttons, **more):
        with self.lock:
            self.count += 1
            number = self.id_of(self.count)
            self.posts[number] = {"id": number, "room": room, "text": text, "buttons": buttons,
                                  "notes": [], "edits": 0, **more}
            self.order.append(number)
            return self.posts[number]

    def edit(self, number, text, buttons):
        with self.lock:
            post = self.posts[number]
            post["text"] = text
            post["buttons"] = buttons
            post["edits"] += 1
            return post

    def delete(self, number):
        with self.lock:
            del self.posts[number]
            self.order.remove(number)

    def shown(self):
        """Texts in the order of their posting."""
        with self.lock:
            return [self.posts[number] for number in self.order]

    def wait(self, part, index=-1):
        """The message, when it shows that."""
        return wait_for(f"{self.name} to show {part!r}; it shows {[p['text'] for p in self.shown()]}",
                        lambda: (self.shown() and part in self.shown()[index]["text"]
                                 and self.shown()[index]))

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def callback_code(channel, password="", token="", key="", secret=""):
    """The code of an address for callbacks, made of the provider's secrets (callbacks.c)."""
    joined = "".join(f"{len(part)}:{part}" for part in (password, token, key, secret))
    return hmac.new(joined.encode(), f"{channel}.1/".encode(), hashlib.sha256).hexdigest()[:32]


class Slack(Chat):
    name = "slack"
    TOKEN = "xoxb-test-0123456789"
    SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
    BOT = "B0123ABCD"
    MISBEHAVIOURS = {
        "429": (429, {"Retry-After": "1"}, {"ok": False, "error": "ratelimited"}),
        "ratelimited": (200, {"Retry-After": "1"}, {"ok": False, "error": "ratelimited"}),
        "500": (500, {}, b"<html>Slack is having trouble</html>"),
        "503": (503, {"Retry-After": "1"}, b"upstream"),
        "internal": (200, {}, {"ok": False, "error": "internal_error"}),
        "invalid_auth": (200, {}, {"ok": False, "error": "invalid_auth"}),
        "archived": (200, {}, {"ok": False, "error": "is_archived"}),
        "not_in_channel": (200, {}, {"ok": False, "error": "not_in_channel"}),
        "too_long": (200, {}, {"ok": False, "error": "msg_too_long"}),
        "html": (200, {}, b"<html>welcome to this hotel's network</html>"),
        "without_ts": (200, {}, {"ok": True}),
        "redirect": (302, {"Location": "http://127.0.0.1:9/"}, b""),
    }

    def id_of(self, count):
        return f"1795312927.{count:06d}"

    def take(self, request):
        if request.headers["Authorization"] != f"Bearer {self.TOKEN}":
            return 200, {}, {"ok": False, "error": "invalid_auth"}
        method = request.path.rsplit("/", 1)[1]
        said = request.json()
        if method == "auth.test":
            return 200, {}, {"ok": True, "team": "Example", "bot_id": self.BOT}
        if method == "chat.postEphemeral":
            self.whispers.append(said)
            return 200, {}, {"ok": True, "message_ts": "1795312930.000100"}
        text, buttons = self.read(said)
        if method == "chat.postMessage" and "thread_ts" in said:
            post = self.posts.get(said["thread_ts"])
            if post is None:
                return 200, {}, {"ok": False, "error": "thread_not_found"}
            post["notes"].append(said["text"])
            return 200, {}, {"ok": True, "channel": said["channel"], "ts": "1795312931.000001"}
        if method == "chat.postMessage":
            post = self.post(said["channel"], text, buttons)
            return 200, {}, {"ok": True, "channel": said["channel"], "ts": post["id"],
                             "message": {"text": said["text"], "bot_id": self.BOT}}
        assert method == "chat.update", method
        if said["ts"] not in self.posts:
            return 200, {}, {"ok": False, "error": "message_not_found"}
        self.edit(said["ts"], text, buttons)
        return 200, {}, {"ok": True, "channel": said["channel"], "ts": said["ts"],
                         "text": said["text"]}

    @staticmethod
    def read(said):
        texts = [block["text"]["text"] for block in said.get("blocks", [])
                 if block["type"] == "section"]
        buttons = [(element["text"]["text"], element["value"]) for block in said.get("blocks", [])
                   if block["type"] == "actions" for element in block["elements"]]
        assert all(len(text) <= 3000 for text in texts)
        return "\n".join(texts) or said.get("text", ""), buttons

    def config(self):
        return (f'slack: {{ token = "{self.TOKEN}", secret = "{self.SECRET}", '
                f'server = "{self.url}/api" }}')

    # --- what Slack sends ---

    def address(self, what):
        return f"/v1/callbacks/slack.1/{what}/{callback_code('slack', token=self.TOKEN, secret=self.SECRET)}"

    def headers(self, body, at=None, secret=None):
        at = str(int(time.time() if at is None else at))
        code = hmac.new((secret or self.SECRET).encode(), f"v0:{at}:".encode() + body,
                        hashlib.sha256).hexdigest()
        return {"Content-Type": "application/x-www-form-urlencoded",
                "X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={code}"}

    def press_body(self, post, label, user, room=None, ts=None):
        value = dict(post["buttons"])[label] if label in dict(post["buttons"]) else label
        return urllib.parse.urlencode({"payload": json.dumps({
            "type": "block_actions", "api_app_id": "A0123", "trigger_id": f"{time.monotonic_ns()}",
            "team": {"id": "T0123", "domain": "example"},
            "user": {"id": user, "username": "somebody", "team_id": "T0123"},
            "container": {"type": "message", "message_ts": ts or post["id"],
                          "channel_id": room or post["room"], "is_ephemeral": False},
            "channel": {"id": room or post["room"], "name": "ops"},
            "actions": [{"type": "button", "block_id": "x", "action_id": value.split(".")[-1],
                         "value": value, "action_ts": f"{time.time():.6f}"}]})}).encode()

    def command_body(self, text, user, room):
        return urllib.parse.urlencode({
            "token": "old-verification-token", "team_id": "T0123", "channel_id": room,
            "channel_name": "ops", "user_id": user, "user_name": "somebody", "command": "/pagerd",
            "text": text, "trigger_id": f"{time.monotonic_ns()}"}).encode()

    def send(self, pager, what, body, **how):
        return pager.request("POST", self.address(what), body, self.headers(body, **how))

    def press(self, pager, post, label, user, **more):
        return self.send(pager, "button", self.press_body(post, label, user, **more))

    def command(self, pager, text, user, room):
        return self.send(pager, "reply", self.command_body(text, user, room))
