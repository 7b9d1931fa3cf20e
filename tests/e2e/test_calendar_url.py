# SPDX-License-Identifier: MIT
"""A rotation at an address: ETag, changes, and every way in which a web server can fail."""
import hashlib
import http.server
import threading

from house import WEEK, House, main, wait_for


class Web:
    """A web server that keeps one calendar and can be told to misbehave."""

    def __init__(self, user):
        self.show(user)
        self.status = 200
        self.requests = []
        web = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body, tag = web.body, f'"{hashlib.sha256(web.body).hexdigest()[:16]}"'
                status = web.status
                if status == 200 and self.headers.get("If-None-Match") == tag:
                    status = 304
                web.requests.append(status)
                self.send_response(status)
                if status == 200:
                    self.send_header("ETag", tag)
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if status == 200:
                    self.wfile.write(body)

            def log_message(self, *words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/rota.ics"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def show(self, user):
        self.body = WEEK.format(name="web", user=user).replace("\n", "\r\n").encode()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def primary(pager):
    return pager.ask("oncall")["oncall"][0]["user"]


def problem(pager):
    return pager.ask("calendar", "list")["calendars"][0]["problem"]


def a_rotation_at_an_address_is_followed_and_never_lost():
    web = Web("cat")
    with House() as pager:
        pager.write("pagerd.cfg", open(pager.config).read().replace(
            'primary: { ics = "primary.ics" }', f'primary: {{ ics = "{web.url}" refresh = "1s" }}'))
        pager.start()
        assert primary(pager) == "cat"
        wait_for("an unchanged answer", lambda: 304 in web.requests)
        web.show("dan")
        wait_for("the new rotation", lambda: primary(pager) == "dan")
        for status, body in ((500, b""), (404, b""), (200, b"<html>log in</html>"), (200, b"")):
            web.status, web.body = status, body
            wait_for(f"trouble with {status} {body!r}", lambda: problem(pager))
            assert primary(pager) == "dan", "the last good copy stays"
            web.status = 200
            web.show("dan")
            assert pager.pagectl("calendar", "refresh", "primary").returncode == 0
            wait_for("well again", lambda: problem(pager) is None)
        web.close()
        pager.stop()
        pager.start()
        assert primary(pager) == "dan", "the copy serves a start while the server is away"
        assert wait_for("trouble is told", lambda: problem(pager))


def a_folder_of_files_is_one_calendar():
    with House() as pager:
        pager.write("rota/1-ann.ics", WEEK.format(name="a", user="ann").replace(
            "RRULE:FREQ=DAILY\n", ""))
        pager.write("rota/2-bob.ics", WEEK.format(name="b", user="eve"))
        pager.write("pagerd.cfg", open(pager.config).read().replace('"primary.ics"', '"rota"'))
        pager.start()
        assert primary(pager) == "eve"
        pager.write("rota/3-fay.ics", WEEK.format(name="c", user="[L9] fay"))
        wait_for("the new file", lambda: primary(pager) == "fay")


main(a_rotation_at_an_address_is_followed_and_never_lost, a_folder_of_files_is_one_calendar)
