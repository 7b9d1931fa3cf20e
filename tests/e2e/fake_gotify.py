# SPDX-License-Identifier: MIT
"""A Gotify server as far as an application sees it (gotify.net/docs/pushmsg, api/message.go)."""
import json

import fakes


def error(status, name, text):
    body = {"error": name, "errorCode": status, "errorDescription": text}
    return status, json.dumps(body).encode(), {"Content-Type": "application/json"}


class Gotify(fakes.Fake):
    def __init__(self, tokens=("A-ann-token",), **more):
        self.tokens, self.messages = tokens, []
        super().__init__(**more)

    def config(self):
        return f'gotify: {{ server = "{self.url}/" }}'

    def serve(self, request):
        if request.method == "GET" and request.path == "/health":
            return 200, b'{"health":"green","database":"green"}', {}
        if request.path != "/message" or request.method != "POST":
            return error(404, "Not Found", "page not found")
        token = request.headers.get("X-Gotify-Key")
        if token not in self.tokens:
            return error(401, "Unauthorized", "you need to provide a valid access token or user "
                                              "credentials to access this api")
        try:
            wish = json.loads(request.body)
        except ValueError:
            return error(400, "Bad Request", "invalid character in the body")
        if not wish.get("message"):
            return error(400, "Bad Request", "Field 'message' is required")
        with self.lock:
            message = {**wish, "id": len(self.messages) + 1, "appid": 5, "token": token}
            self.messages.append(message)
        return 200, json.dumps(message).encode(), {"Content-Type": "application/json"}

    def wait_for_message(self, token, count=1):
        def of_token():
            with self.lock:
                found = [message for message in self.messages if message["token"] == token]
            return found if len(found) >= count else None
        return fakes.wait_for(f"{count} messages of {token}", of_token)[count - 1]
