# SPDX-License-Identifier: MIT
"""An Icinga whose event stream is not as it should be: refused, cut off, full of rubbish. What is
said there counts, and what was not heard is found in the list of problems."""
import http.server
import json
import queue
import threading

from house import House, main, wait_for

SLOW = '( { page = "primary", wait = "1h" } )'


class FakeIcinga:
    """`problems` is its list; say() puts bytes into the stream, cut() ends it."""

    def __init__(self):
        self.problems = {}
        self.status = 200
        self.connects = 0
        self.reads = 0
        self.queue = queue.Queue()
        self.acts = []
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                fake.reads += 1
                kind = "Host" if "/hosts?" in self.path else "Service"
                listed = [{"type": kind, "attrs": attrs} for (of, _), attrs
                          in fake.problems.items() if of == kind]
                self.reply(200, {"results": listed})

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if self.path != "/v1/events":
                    fake.acts.append((self.path, body))
                    self.reply(200, {"results": [{"code": 200}]})
                    return
                if fake.status != 200:
                    self.reply(fake.status, {"error": fake.status, "status": "No."})
                    return
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
                mine = queue.Queue()
                fake.queue = mine
                fake.connects += 1
                while True:
                    said = mine.get()
                    if said is None:
                        break
                    self.wfile.write(said)
                self.close_connection = True

            def reply(self, status, said):
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(said).encode())

            def log_message(self, *words):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def config(self):
        return (f'integrations: {{ icinga = {{ icinga = {{ url = "http://127.0.0.1:{self.port}", '
                'user = "pagerd", password = "api-pw", events = true } } }')

    def say(self, *lines):
        for line in lines:
            self.queue.put(line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n")

    def cut(self):
        self.queue.put(None)

    def set(self, name, state, **more):
        """A service in the list of problems, or (state 0) not."""
        if state == 0:
            self.problems.pop(("Service", name), None)
        else:
            self.problems["Service", name] = {
                "name": name, "host_name": "db1", "state": state, "state_type": 1,
                "acknowledgement": 0, "downtime_depth": 0,
                "last_check_result": {"output": "listed"}, **more}


def change(name, state, output="said"):
    return {"type": "StateChange", "host": "db1", "service": name, "state": state, "state_type": 1,
            "downtime_depth": 0, "check_result": {"output": output}}


def opened(pager):
    return {incident["dedup_key"].removeprefix("icinga2/db1!"): incident["state"]
            for incident in pager.incidents()}


def up(pager, fake):
    pager.start()
    pager.key("icinga")
    wait_for("pagerd to listen", lambda: fake.connects and fake.reads >= 2)


def rubbish_between_good_lines_does_no_harm_and_what_it_hid_is_read():
    fake = FakeIcinga()
    with House(fake.config(), escalate=SLOW) as pager:
        up(pager, fake)
        fake.set("hidden", 2)
        half = json.dumps(change("b", 1)).encode()
        fake.say(change("a", 2), b"\n\r\n", b"rubbish\n", b"{\"type\":\n", half[:20], half[20:],
                 b"\n", change("ä!;", 2, "x" * 200000))
        fake.set("a", 2)
        fake.set("b", 1)
        fake.set("ä!;", 2)
        wait_for("all of them", lambda: opened(pager) == {
            "a": "triggered", "b": "triggered", "ä!;": "triggered", "hidden": "triggered"})
        # A line without an end would fill the memory: that connection is given up.
        fake.set("late", 2)
        fake.say(b"x" * (2 * 1024 * 1024))
        wait_for("another connection", lambda: fake.connects == 2)
        wait_for("what was not heard", lambda: "late" in opened(pager))


def the_list_opens_what_is_new_and_nothing_that_was_called_over():
    fake = FakeIcinga()
    with House(fake.config(), escalate=SLOW) as pager:
        up(pager, fake)
        fake.say(change("a", 2))
        wait_for("the incident", lambda: opened(pager) == {"a": "triggered"})
        assert pager.act("bob", 1, "resolve")[0] == 200
        fake.set("a", 2)
        fake.set("b", 2, downtime_depth=1)
        fake.set("c", 2, state_type=0)
        fake.set("d", 1, acknowledgement=1)
        reads = fake.reads
        fake.cut()
        wait_for("the list to be read", lambda: fake.connects == 2 and fake.reads >= reads + 2)
        wait_for("what is new in it", lambda: opened(pager) == {"d": "triggered"})
        # In the list it is gone; then it was resolved while nobody listened.
        fake.set("d", 0)
        fake.cut()
        wait_for("its end", lambda: not opened(pager))
        assert len(pager.incidents("--all")) == 2


def a_stream_that_is_refused_is_told_and_tried_again():
    fake = FakeIcinga()
    fake.status = 404
    with House(fake.config(), escalate=SLOW) as pager:
        pager.start()
        pager.key("icinga")
        wait_for("the admin to be told",
                 lambda: "has its user the permissions?" in pager.get("/inbox/ann")[1])
        assert 'pagerd_icinga_events_heard{integration="icinga"} 0' in pager.get("/metrics")[1]
        fake.set("a", 2)
        fake.status = 200
        wait_for("it to listen after all", lambda: opened(pager) == {"a": "triggered"})
        # Switched off, it says nothing any more.
        config = open(pager.config).read()
        pager.write("pagerd.cfg", config.replace("events = true", "events = false"))
        assert pager.pagectl("config", "reload").returncode == 0
        fake.say(change("b", 2))
        assert pager.act("bob", 1, "ack")[0] == 200
        wait_for("the ack", lambda: fake.acts)
        assert fake.acts[0][1]["sticky"] is False, "what is worse would not be heard"
        assert opened(pager) == {"a": "acknowledged"}


main(rubbish_between_good_lines_does_no_harm_and_what_it_hid_is_read,
     the_list_opens_what_is_new_and_nothing_that_was_called_over,
     a_stream_that_is_refused_is_told_and_tried_again)
