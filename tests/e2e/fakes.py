# SPDX-License-Identifier: MIT
"""What all fake providers over HTTP have in common: they keep what they are asked, and misbehave.

A fake speaks its provider's own protocol in serve(); `mood` may say something else for a request:
None (as the provider does), or one of the moods below. Nothing here waits for luck.
"""
import http.server
import os
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import time
import urllib.parse

from house import need, wait_for


def answer(status, body=b"", **headers):
    """Another answer than the provider's: a status, a body, headers (Retry_After="7")."""
    body = body.encode() if isinstance(body, str) else body
    names = {name.replace("_", "-"): value for name, value in headers.items()}

    def mood(handler, request):
        handler.give(status, body, names)
    return mood


def hang(handler, request):
    """Takes the request and says nothing until the other side gives up."""
    handler.connection.settimeout(120)
    try:
        while handler.connection.recv(4096):
            pass
    except OSError:
        pass


def close(handler, request):
    """Ends the connection instead of an answer."""
    handler.close_connection = True


def reset(handler, request):
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


def lie_and_close(handler, request):
    """Does what it is asked and ends the connection in the middle of its answer."""
    status, body, headers = handler.fake.serve(request)
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body) + 100))
    handler.end_headers()
    handler.wfile.write(body[:len(body) // 2])
    handler.close_connection = True


def slow(seconds):
    def mood(handler, request):
        time.sleep(seconds)
        handler.give(*handler.fake.serve(request))
    return mood


class Request:
    def __init__(self, method, path, headers, body):
        self.method, self.path, self.headers, self.body = method, path, headers, body
        self.at = time.monotonic()

    def form(self):
        return dict(urllib.parse.parse_qsl(self.body.decode(), keep_blank_values=True))


class Fake:
    """One provider. Subclasses have serve(request) -> (status, body as bytes, headers)."""

    def __init__(self, tls=False):
        self.mood = lambda request: None
        self.asked = []
        self.lock = threading.Lock()
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def take(self):
                self.fake = fake
                size = int(self.headers.get("Content-Length", 0))
                request = Request(self.command, self.path, self.headers, self.rfile.read(size))
                with fake.lock:
                    fake.asked.append(request)
                mood = fake.mood(request)
                if mood:
                    mood(self, request)
                else:
                    self.give(*fake.serve(request))

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = take

            def give(self, status, body, headers):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 512

            def handle_error(self, request, client):
                pass  # a client that went away in mid-sentence

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.port}"
        if tls:
            self.server.socket = stranger().wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def serve(self, request):
        raise NotImplementedError

    def requests(self, path=None):
        with self.lock:
            return [request for request in self.asked
                    if path is None or request.path.split("?")[0] == path]

    def wait(self, path, count=1):
        return wait_for(f"{count} requests for {path}",
                        lambda: self.requests(path) if len(self.requests(path)) >= count else None)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def stranger():
    """TLS with a certificate that nobody whom we trust has signed."""
    need("openssl")
    with tempfile.TemporaryDirectory() as folder:
        key, certificate = os.path.join(folder, "key"), os.path.join(folder, "certificate")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                        "-keyout", key, "-out", certificate, "-subj", "/CN=localhost"],
                       check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        return context
