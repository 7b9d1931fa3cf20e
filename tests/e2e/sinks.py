# SPDX-License-Identifier: MIT
"""Where pages arrive in tests: an HTTP gateway for SMS, and a mail server (aiosmtpd)."""
import email
import email.policy
import http.server
import json
import re
import threading
import time

from house import free_port, skip, wait_for


class Gateway:
    """An SMS provider behind HTTP. `answer` decides what it says: a status, or "hang"."""

    def __init__(self, answer=lambda message: 200, host="127.0.0.1"):
        self.messages = []
        self.answer = answer
        self.host = host
        self.lock = threading.Lock()
        gateway = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                message = json.loads(body)
                message["at"], message["from"] = time.monotonic(), self.client_address[0]
                verdict = gateway.answer(message)
                if verdict == "hang":
                    time.sleep(120)
                    return
                with gateway.lock:
                    message["status"] = verdict
                    gateway.messages.append(message)
                self.send_response(verdict)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *words):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 512

            def handle_error(self, request, client):
                pass  # a courier that was killed in mid-sentence

        self.server = Server((host, 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def config(self):
        return ('sms: { driver = "http", url = "http://%s:%d/send", method = "POST", '
                'headers = [ "Content-Type: application/json" ], '
                'body = "{\\"to\\":\\"$to\\",\\"text\\":\\"$text\\"}" }' % (self.host, self.port))

    def taken(self, to=None):
        """Messages that were answered with 2xx, oldest first."""
        with self.lock:
            return [message for message in self.messages
                    if message["status"] < 300 and (to is None or message["to"] == to)]

    def wait(self, to, count=1, what=None, deadline=60):
        return wait_for(what or f"{count} SMS to {to}; came: {[m['text'] for m in self.taken()]}",
                        lambda: self.taken(to) if len(self.taken(to)) >= count else None, deadline)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Mail:
    """A mail server that keeps what it gets."""

    def __init__(self):
        try:
            from aiosmtpd.controller import Controller
        except ImportError:
            skip("python3-aiosmtpd is not installed")
        self.letters = []
        mail = self

        class Handler:
            async def handle_DATA(self, server, session, envelope):
                letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
                mail.letters.append((envelope.rcpt_tos[0], letter))
                return "250 taken"

        self.port = free_port()
        # Its own name, or it would ask DNS for that of this machine with each connection.
        self.controller = Controller(Handler(), hostname="127.0.0.1", port=self.port,
                                     server_hostname="mx.example.org")
        self.controller.start()

    def config(self):
        return f'email: {{ smtp = "127.0.0.1:{self.port}", from = "pager@example.org" }}'

    def to(self, address):
        return [letter for to, letter in list(self.letters) if to == address]

    def wait(self, address, count=1):
        return wait_for(f"{count} mails to {address}",
                        lambda: self.to(address) if len(self.to(address)) >= count else None)

    def close(self):
        self.controller.stop()


def link_of(text):
    """The ack link in a message."""
    found = re.search(r"https?://\S+/a/([0-9a-zA-Z]{20})", text)
    assert found, f"no ack link in: {text}"
    return "/a/" + found.group(1)


def plain_of(letter):
    """The plain part of a mail."""
    return letter.get_body(("plain",)).get_content()


def number_of(text):
    """The number that the page behind a mail's link asks for."""
    found = re.search(r"^Number +([0-9]{4})\b", text, re.MULTILINE)
    assert found, f"no number in: {text}"
    return found.group(1)
