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


def send_form(pager, path, **fields):
    return pager.request("POST", path, urllib.parse.urlencode(fields),
                         {"Content-Type": "application/x-www-form-urlencoded"})


class Mattermost(Chat):
    name = "mattermost"
    TOKEN = "bottoken0123456789abcdefgh"
    COMMAND = "commandtoken0123456789abcd"
    MISBEHAVIOURS = {
        "429": (429, {"Retry-After": "1", "X-RateLimit-Reset": "1"}, b"limit exceeded\n"),
        "500": (500, {}, {"id": "api.context.500.app_error", "message": "Internal", "status_code": 500}),
        "archived": (400, {}, {"id": "api.post.create_post.can_not_post_to_deleted.error",
                               "message": "Can not post to deleted channel.", "status_code": 400}),
        "revoked": (401, {}, {"id": "api.context.session_expired.app_error",
                              "message": "Invalid or expired session", "status_code": 401}),
        "too_long": (400, {}, {"id": "model.post.is_valid.message_length.app_error",
                               "message": "Invalid message", "status_code": 400}),
        "html": (200, {}, b"<html>a proxy</html>"),
    }

    def id_of(self, count):
        return f"post{count:022d}"

    def take(self, request):
        if request.headers["Authorization"] != f"Bearer {self.TOKEN}":
            return self.wrong("revoked")
        said = request.json()
        if request.path == "/api/v4/users/me":
            return 200, {}, {"id": "b" * 26, "username": "pagerd", "is_bot": True}
        if request.method == "PUT":
            number = request.path.split("/")[4]
            assert request.path == f"/api/v4/posts/{number}/patch", request.path
            if number not in self.posts:
                return 404, {}, {"id": "app.post.get.app_error", "message": "Unable to get the post.",
                                 "status_code": 404}
            return 200, {}, {"id": self.edit(number, said["message"], self.buttons(said))["id"]}
        assert request.path == "/api/v4/posts", request.path
        if said.get("root_id"):
            if said["root_id"] not in self.posts:
                return 400, {}, {"id": "api.post.create_post.root_id.app_error",
                                 "message": "Invalid RootId parameter.", "status_code": 400}
            self.posts[said["root_id"]]["notes"].append(said["message"])
            return 201, {}, {"id": "n" * 26}
        for post in self.shown():
            if post["nonce"] == said["pending_post_id"]:
                return 201, {}, {"id": post["id"]}  # it has this one
        post = self.post(said["channel_id"], said["message"], self.buttons(said),
                         nonce=said["pending_post_id"])
        return 201, {}, {"id": post["id"], "channel_id": post["room"]}

    @staticmethod
    def buttons(said):
        return [(action["name"], action["integration"])
                for attachment in said["props"]["attachments"] for action in attachment["actions"]]

    def config(self):
        return (f'mattermost: {{ server = "{self.url}/", token = "{self.TOKEN}", '
                f'secret = "{self.COMMAND}" }}')

    def press(self, pager, post, label, user, room=None, number=None, integration=None):
        integration = integration or dict(post["buttons"])[label]
        return pager.request("POST", integration["url"][len(pager.url):], {
            "user_id": user, "user_name": "somebody", "channel_id": room or post["room"],
            "channel_name": "ops", "team_id": "t" * 26, "post_id": number or post["id"],
            "trigger_id": f"{time.monotonic_ns()}", "type": "button", "data_source": "",
            "context": integration["context"]})

    def command(self, pager, text, user, room, token=None):
        code = callback_code("mattermost", token=self.TOKEN, secret=self.COMMAND)
        return send_form(pager, f"/v1/callbacks/mattermost.1/reply/{code}",
                         token=self.COMMAND if token is None else token, command="/pagerd",
                         text=text, user_id=user, channel_id=room,
                         trigger_id=f"{time.monotonic_ns()}")


class Telegram(Chat):
    name = "telegram"
    TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
    SECRET = "webhook-secret_0123456789"
    MISBEHAVIOURS = {
        "429": (429, {}, {"ok": False, "error_code": 429, "description":
                          "Too Many Requests: retry after 1", "parameters": {"retry_after": 1}}),
        "500": (500, {}, {"ok": False, "error_code": 500, "description": "Internal Server Error"}),
        "markup": (400, {}, {"ok": False, "error_code": 400, "description":
                             "Bad Request: can't parse entities: Unsupported start tag"}),
        "kicked": (403, {}, {"ok": False, "error_code": 403, "description":
                             "Forbidden: bot was kicked from the group chat"}),
        "moved": (400, {}, {"ok": False, "error_code": 400, "description": "Bad Request: group chat "
                            "was upgraded to a supergroup chat",
                            "parameters": {"migrate_to_chat_id": -1009876543210}}),
        "token": (404, {}, {"ok": False, "error_code": 404, "description": "Not Found"}),
    }

    def id_of(self, count):
        return count

    def take(self, request):
        if not request.path.startswith(f"/bot{self.TOKEN}/"):
            return self.wrong("token")
        method = request.path.rsplit("/", 1)[1]
        said = request.json()
        if method == "getMe":
            return 200, {}, {"ok": True, "result": {"id": 110201543, "is_bot": True}}
        buttons = [(button["text"], button["callback_data"])
                   for row in said["reply_markup"]["inline_keyboard"] for button in row]
        assert len(said["text"]) <= 4096
        if method == "sendMessage":
            post = self.post(said["chat_id"], said["text"], buttons, mode=said.get("parse_mode"))
        elif said["message_id"] not in self.posts:
            return 400, {}, {"ok": False, "error_code": 400,
                             "description": "Bad Request: message to edit not found"}
        else:
            assert method == "editMessageText", method
            post = self.edit(said["message_id"], said["text"], buttons)
        return 200, {}, {"ok": True, "result": {"message_id": post["id"],
                                                "chat": {"id": int(said["chat_id"])}}}

    def config(self):
        return (f'telegram: {{ token = "{self.TOKEN}", secret = "{self.SECRET}", '
                f'server = "{self.url}" }}')

    def send(self, pager, update, secret=None):
        code = callback_code("telegram", token=self.TOKEN, secret=self.SECRET)
        return pager.request("POST", f"/v1/callbacks/telegram.1/button/{code}",
                             {"update_id": time.monotonic_ns() % 1000000000, **update},
                             {"X-Telegram-Bot-Api-Secret-Token":
                              self.SECRET if secret is None else secret})

    def press(self, pager, post, label, user, room=None, number=None, data=None, is_bot=False,
              secret=None):
        return self.send(pager, {"callback_query": {
            "id": "4382bfdwdsb323b2d9", "from": {"id": int(user), "is_bot": is_bot},
            "message": {"message_id": number or post["id"], "date": int(time.time()) - 86400,
                        "chat": {"id": int(room or post["room"]), "type": "supergroup"}},
            "chat_instance": "1", "data": data or dict(post["buttons"])[label]}}, secret)

    def command(self, pager, text, user, room, age=0, secret=None):
        return self.send(pager, {"message": {
            "message_id": 99, "date": int(time.time()) - age, "text": text,
            "from": {"id": int(user), "is_bot": False},
            "chat": {"id": int(room), "type": "supergroup"}}}, secret)


# Ed25519 as in RFC 8032, section 6 in short: signs as Discord does; slow, and of no other use.
P = 2 ** 255 - 19
L = 2 ** 252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def point_add(one, other):
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def point_times(number, point):
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = point_add(total, point)
        point = point_add(point, point)
        number >>= 1
    return total


def point_bytes(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


class Signer:
    def __init__(self, seed):
        digest = hashlib.sha512(seed).digest()
        self.scalar = (int.from_bytes(digest[:32], "little") & (1 << 254) - 8) | 1 << 254
        self.prefix = digest[32:]
        self.public = point_bytes(point_times(self.scalar, BASE))

    def sign(self, message):
        r = int.from_bytes(hashlib.sha512(self.prefix + message).digest(), "little") % L
        point = point_bytes(point_times(r, BASE))
        h = int.from_bytes(hashlib.sha512(point + self.public + message).digest(), "little") % L
        return point + ((r + h * self.scalar) % L).to_bytes(32, "little")


class Discord(Chat):
    name = "discord"
    TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"
    MISBEHAVIOURS = {
        "429": (429, {"Retry-After": "1", "X-RateLimit-Scope": "shared"}, {
            "message": "You are being rate limited.", "retry_after": 0.351, "global": False}),
        "500": (502, {}, b"<html>cloudflare</html>"),
        "archived": (403, {}, {"message": "Missing Access", "code": 50001}),
        "unknown_channel": (404, {}, {"message": "Unknown Channel", "code": 10003}),
        "revoked": (401, {}, {"message": "401: Unauthorized", "code": 0}),
        "form": (400, {}, {"message": "Invalid Form Body", "code": 50035, "errors": {}}),
    }

    def __init__(self):
        super().__init__()
        self.signer = Signer(b"\x09" * 32)
        self.threads = set()

    def id_of(self, count):
        return f"1178031025342{count:06d}"

    def take(self, request):
        if request.headers["Authorization"] != f"Bot {self.TOKEN}":
            return self.wrong("revoked")
        said = request.json()
        if request.path == "/api/users/@me":
            return 200, {}, {"id": "1", "username": "pagerd", "bot": True}
        parts = request.path.split("/")
        assert parts[1:3] == ["api", "channels"] and parts[4] == "messages", request.path
        if "content" in said:
            assert said["allowed_mentions"] == {"parse": []} and len(said["content"]) <= 2000
        if parts[-1] == "threads":
            if parts[5] in self.threads:
                return 400, {}, {"message": "A thread has already been created for this message",
                                 "code": 160004}
            self.threads.add(parts[5])
            return 201, {}, {"id": parts[5], "name": said["name"], "type": 11}
        if request.method == "PATCH":
            if parts[5] not in self.posts:
                return 404, {}, {"message": "Unknown Message", "code": 10008}
            return 200, {}, {"id": self.edit(parts[5], said["content"], self.buttons(said))["id"]}
        assert len(said["nonce"]) <= 25 and said["enforce_nonce"] is True
        if parts[3] in self.threads:
            self.posts[parts[3]]["notes"].append(said["content"])
            return 200, {}, {"id": "1178031025342999999"}
        for post in self.shown():
            if post["nonce"] == said["nonce"]:
                return 200, {}, {"id": post["id"]}
        post = self.post(parts[3], said["content"], self.buttons(said), nonce=said["nonce"])
        return 200, {}, {"id": post["id"], "channel_id": post["room"]}

    @staticmethod
    def buttons(said):
        return [(button["label"], button["custom_id"]) for row in said["components"]
                for button in row["components"]]

    def config(self):
        return (f'discord: {{ token = "{self.TOKEN}", key = "{self.signer.public.hex()}", '
                f'server = "{self.url}/api" }}')

    def send(self, pager, said, at=None, signer=None, headers=None):
        at = str(int(time.time() if at is None else at))
        body = json.dumps({"id": str(time.monotonic_ns()), "application_id": "1", "version": 1,
                           "token": "interaction", **said}).encode()
        code = callback_code("discord", token=self.TOKEN, key=self.signer.public.hex())
        signature = (signer or self.signer).sign(at.encode() + body).hex()
        return pager.request("POST", f"/v1/callbacks/discord.1/button/{code}", body,
                             {"Content-Type": "application/json", "X-Signature-Timestamp": at,
                              "X-Signature-Ed25519": signature, **(headers or {})})

    def press(self, pager, post, label, user, room=None, number=None, data=None, is_bot=False,
              **how):
        return self.send(pager, {
            "type": 3, "channel_id": room or post["room"], "guild_id": "2",
            "member": {"user": {"id": user, "bot": is_bot}}, "message": {"id": number or post["id"]},
            "data": {"component_type": 2, "custom_id": data or dict(post["buttons"])[label]}}, **how)

    def command(self, pager, text, user, room, **how):
        return self.send(pager, {
            "type": 2, "channel_id": room, "guild_id": "2", "member": {"user": {"id": user}},
            "data": {"id": "3", "name": "pagerd", "type": 1, "options": [
                {"name": "what", "type": 3, "value": text}]}}, **how)


class Matrix(Chat):
    name = "matrix"
    TOKEN = "syt_cGFnZXJk_test0123456789"
    BOT = "@pagerd:example.org"
    MISBEHAVIOURS = {
        "429": (429, {"Retry-After": "1"}, {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many",
                                            "retry_after_ms": 600}),
        "500": (500, {}, {"errcode": "M_UNKNOWN", "error": "Internal server error"}),
        "forbidden": (403, {}, {"errcode": "M_FORBIDDEN", "error": "User not in room"}),
        "token": (401, {}, {"errcode": "M_UNKNOWN_TOKEN", "error": "Invalid access token"}),
        "large": (413, {}, {"errcode": "M_TOO_LARGE", "error": "event too large"}),
    }

    def __init__(self):
        super().__init__()
        self.events = []  # what people wrote: (room, event)
        self.transactions = {}
        self.syncs = []
        self.change = threading.Condition()

    def id_of(self, count):
        return f"$event{count}:example.org"

    def is_about_rooms(self, request):
        return "/rooms/" in request.path

    def take(self, request):
        if request.headers["Authorization"] != f"Bearer {self.TOKEN}":
            return self.wrong("token")
        url = urllib.parse.urlsplit(request.path)
        if url.path == "/_matrix/client/v3/account/whoami":
            return 200, {}, {"user_id": self.BOT}
        if url.path == "/_matrix/client/v3/sync":
            return self.sync(dict(urllib.parse.parse_qsl(url.query)))
        parts = [urllib.parse.unquote(part) for part in url.path.split("/")]
        assert request.method == "PUT" and parts[4] == "rooms" and parts[7] == "m.room.message"
        if parts[8] in self.transactions:
            return 200, {}, {"event_id": self.transactions[parts[8]]}
        said = request.json()
        assert said["m.mentions"] == {}, said
        relation = said.get("m.relates_to", {})
        if relation.get("rel_type") == "m.replace":
            new = said["m.new_content"]
            assert new["msgtype"] == "m.text" and "m.relates_to" not in new
            self.edit(relation["event_id"], new["formatted_body"], [])
            event = f"$edit{len(self.transactions)}:example.org"
        elif relation.get("rel_type") == "m.thread":
            self.posts[relation["event_id"]]["notes"].append(said["body"])
            event = f"$note{len(self.transactions)}:example.org"
        elif said["msgtype"] == "m.notice":
            self.whispers.append(said["body"])
            event = f"$notice{len(self.transactions)}:example.org"
        else:
            event = self.post(parts[5], said["formatted_body"], [])["id"]
        self.transactions[parts[8]] = event
        return 200, {}, {"event_id": event}

    def sync(self, query):
        json.loads(query["filter"])
        self.syncs.append(query)
        since = int(query.get("since", "s0")[1:])
        with self.change:
            if "since" in query:
                self.change.wait_for(lambda: len(self.events) > since,
                                     min(int(query["timeout"]) / 1000, 3))
            rooms = {}
            for room, event in self.events[since:]:
                rooms.setdefault(room, {"timeline": {"events": [], "limited": False}})[
                    "timeline"]["events"].append(event)
            return 200, {}, {"next_batch": f"s{len(self.events)}", "rooms": {"join": rooms}}

    def config(self):
        return f'matrix: {{ server = "{self.url}", token = "{self.TOKEN}" }}'

    def write(self, text, user, room, age=0, **more):
        with self.change:
            event = {"type": "m.room.message", "sender": user,
                     "event_id": f"$said{len(self.events)}:example.org",
                     "origin_server_ts": int((time.time() - age) * 1000),
                     "content": {"msgtype": "m.text", "body": text, **more}}
            self.events.append((room, event))
            self.change.notify_all()


class Teams(Chat):
    name = "teams"
    MISBEHAVIOURS = {
        "429": (429, {"Retry-After": "1"}, b"throttled"),
        "200": (200, {}, b"Webhook message delivery failed with error: Microsoft Teams endpoint "
                         b"returned HTTP error 429 with ContextId x"),
        "500": (502, {}, {"error": {"code": "NoResponse", "message": "The server did not respond"}}),
        "gone": (404, {}, {"error": {"code": "WorkflowNotFound", "message": "The workflow is gone"}}),
    }

    def id_of(self, count):
        return count

    def take(self, request):
        said = request.json()
        card = said["attachments"][0]["content"]
        assert said["type"] == "message" and card["type"] == "AdaptiveCard"
        assert all(action["type"] == "Action.OpenUrl" for action in card["actions"])
        assert len(request.body) < 28 * 1024 and "sig=secret" in request.path
        text = "\n".join(run["text"] for block in card["body"] for run in block["inlines"])
        self.post(request.path, text, [action["title"] for action in card["actions"]])
        return 202, {}, b""

    def config(self):
        return f'teams: {{ rooms: {{ ops: {{ url = "{self.url}/workflows/x?sig=secret" }} }} }}'
