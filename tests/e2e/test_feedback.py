# SPDX-License-Identifier: MIT
"""Sources that do not take an ack as they should: an Icinga that is busy, slow, wrong or gone, and a
command file that is none. What cannot be told is seen, and nothing else waits for it."""
import base64
import http.server
import json
import os
import threading
import time

from house import House, main, wait_for

SLOW = '( { page = "primary", wait = "1h" } )'


class FakeIcinga:
    """Answers what `answers` holds for the path, one after the other; the last one stays."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.seen = []
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                fake.seen.append((self.path, body, dict(self.headers)))
                answer = fake.answers.pop(0) if len(fake.answers) > 1 else fake.answers[0]
                if answer == "close":
                    self.connection.close()
                    return
                if answer == "hang":
                    time.sleep(120)
                    return
                status, said = answer
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(said).encode())

            def log_message(self, *words):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client):
                pass  # it was told to close in mid-sentence

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def config(self):
        return (f'integrations: {{ icinga = {{ icinga = {{ url = "http://127.0.0.1:{self.port}", '
                'user = "pagerd", password = "api-pw" } } }')

    def actions(self):
        return [path for path, _, _ in self.seen]


DONE = (200, {"results": [{"code": 200, "status": "Successfully acknowledged."}]})


def fire(pager, key, program="icinga", **more):
    status, said, _ = pager.request("POST", f"/v1/ingest/{program}", {
        "type": "PROBLEM", "object": "service", "host": "db1", "service": "disk/var",
        "state": "CRITICAL", "output": "96% full", **more}, {"Authorization": f"Bearer {key}"})
    assert status == 202, said


def notes(pager, number=1):
    return [entry["text"] for entry in pager.show(number)["timeline"] if entry["event"] == "note"]


def told(pager):
    """How often the admin was told of it."""
    return pager.get("/inbox/ann")[1].count("No objects found.")


def an_icinga_that_is_busy_or_breaks_off_is_asked_until_it_has_it():
    fake = FakeIcinga((503, {"error": 503, "status": "Icinga is reloading."}), "close", DONE)
    with House(fake.config(), escalate=SLOW) as pager:
        pager.start()
        fire(pager, pager.key("icinga"))
        assert pager.act("bob", 1, "ack")[0] == 200
        wait_for("the ack to be taken", lambda: "it is acknowledged there, too" in notes(pager))
        path, body, headers = fake.seen[2]
        assert path == "/v1/actions/acknowledge-problem?service=db1%21disk%2Fvar", path
        assert body == {"author": "Bob Test", "comment": "pagerd #1", "sticky": False,
                        "notify": False}, body
        assert headers["Accept"] == headers["Content-Type"] == "application/json", headers
        login = base64.b64decode(headers["Authorization"].split()[1]).decode()
        assert login == "pagerd:api-pw", login
        assert len([note for note in notes(pager) if "tried again" in note]) == 1, notes(pager)
        assert 'pagerd_feedback_told_total{integration="icinga"} 1' in pager.get("/metrics")[1]
        assert "api-pw" not in pager.log()


def what_only_a_person_can_mend_is_told_once_and_not_tried_again():
    fake = FakeIcinga((404, {"error": 404, "status": "No objects found."}))
    with House(fake.config(), escalate=SLOW) as pager:
        pager.start()
        key = pager.key("icinga")
        fire(pager, key)
        assert pager.act("bob", 1, "ack")[0] == 200
        wait_for("the timeline to say so",
                 lambda: any("No objects found." in note for note in notes(pager)))
        wait_for("the admin to be told", lambda: told(pager))
        assert pager.show(1)["state"] == "acknowledged", "it counts all the same"
        fire(pager, key, service="other")
        assert pager.act("bob", 2, "ack")[0] == 200
        wait_for("the other one", lambda: len(fake.seen) >= 2 and any(
            "No objects found." in note for note in notes(pager, 2)))
        assert told(pager) == 1
        assert len(fake.seen) == 2, fake.actions()


def an_ack_that_is_over_because_it_got_worse_ends_there_too():
    fake = FakeIcinga(DONE)
    with House(fake.config(), escalate=SLOW) as pager:
        pager.start()
        key = pager.key("icinga")
        fire(pager, key, state="WARNING")
        assert pager.act("bob", 1, "ack")[0] == 200
        wait_for("the ack to be taken", lambda: "it is acknowledged there, too" in notes(pager))
        # From a spool, maybe: whether it is acknowledged there by now is not said.
        fire(pager, key)
        assert pager.show(1)["state"] == "triggered"
        wait_for("the end of the ack there", lambda: len(fake.seen) == 2)
        assert fake.actions()[1].startswith("/v1/actions/remove-acknowledgement"), fake.actions()
        # The same once more under an ack: it is set once more.
        assert pager.act("bob", 1, "ack")[0] == 200
        wait_for("the ack to be taken", lambda: len(fake.seen) == 3)
        fire(pager, key)
        wait_for("it to be set once more", lambda: len(fake.seen) == 4)
        assert fake.actions()[3].startswith("/v1/actions/acknowledge-problem"), fake.actions()


def an_ack_that_is_there_already_is_as_good():
    fake = FakeIcinga((409, {"results": [{"code": 409, "status": "Service is acknowledged."}]}))
    with House(fake.config(), escalate=SLOW) as pager:
        pager.start()
        fire(pager, pager.key("icinga"))
        assert pager.act("bob", 1, "ack")[0] == 200
        wait_for("the timeline to say so", lambda: any("need not be told" in note
                                                       for note in notes(pager)))
        assert len(fake.seen) == 1, fake.actions()


def an_icinga_that_hangs_holds_up_nobody_and_what_is_over_is_not_told():
    fake = FakeIcinga("hang", DONE)
    with House(fake.config(), escalate=SLOW) as pager:
        pager.start()
        key = pager.key("icinga")
        fire(pager, key)
        assert pager.act("bob", 1, "ack")[0] == 200
        wait_for("it to be asked", lambda: fake.seen)
        fire(pager, key, service="other")
        assert pager.act("bob", 2, "ack")[0] == 200
        wait_for("the other one", lambda: "it is acknowledged there, too" in notes(pager, 2))
        fire(pager, key, type="RECOVERY", state="OK")
        assert pager.show(1)["state"] == "resolved"
        assert "pagerd_feedback_waiting 0" in pager.get("/metrics")[1]


def what_is_not_of_icinga_is_not_told_to_it():
    fake = FakeIcinga(DONE)
    with House(fake.config(), escalate=SLOW) as pager:
        pager.start()
        key = pager.key("icinga")
        pager.alert(key, source="db1", dedup_key="a")
        assert pager.act("bob", 1, "ack")[0] == 200
        fire(pager, pager.key("elsewhere"))
        assert pager.act("bob", 2, "ack")[0] == 200
        fire(pager, key)
        assert pager.act("bob", 3, "ack")[0] == 200
        wait_for("the third", lambda: "it is acknowledged there, too" in notes(pager, 3))
        assert len(fake.seen) == 1, fake.actions()


def a_command_file_that_is_none_is_left_alone():
    with House(escalate=SLOW) as pager:
        path = pager.write("not-a-pipe", "precious\n")
        config = open(pager.config).read()
        pager.write("pagerd.cfg", config
                    + f'integrations: {{ nagios = {{ command-file = "{path}" }} }}\n')
        pager.start()
        key = pager.key("nagios")
        fire(pager, key, program="nagios")
        assert pager.act("bob", 1, "ack")[0] == 200
        wait_for("the timeline to say so", lambda: any("is not a named pipe" in note
                                                       for note in notes(pager)))
        with open(path) as file:
            assert file.read() == "precious\n"
        os.unlink(path)
        os.mkfifo(path)
        reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        fire(pager, key, program="nagios", host="a;SHUTDOWN", service="x")
        assert pager.act("bob", 2, "ack")[0] == 200
        wait_for("the name to be refused", lambda: any("semicolon" in note
                                                       for note in notes(pager, 2)))
        fire(pager, key, program="nagios", service="y")
        assert pager.act("bob", 3, "ack")[0] == 200
        line = wait_for("a line", lambda: os.read(reader, 65536)).decode()
        assert line.endswith("] ACKNOWLEDGE_SVC_PROBLEM;db1;y;1;0;1;Bob Test;pagerd #3\n"), line
        assert line.count("\n") == 1, line


main(an_icinga_that_is_busy_or_breaks_off_is_asked_until_it_has_it,
     what_only_a_person_can_mend_is_told_once_and_not_tried_again,
     an_ack_that_is_over_because_it_got_worse_ends_there_too,
     an_ack_that_is_there_already_is_as_good,
     an_icinga_that_hangs_holds_up_nobody_and_what_is_over_is_not_told,
     what_is_not_of_icinga_is_not_told_to_it, a_command_file_that_is_none_is_left_alone)
