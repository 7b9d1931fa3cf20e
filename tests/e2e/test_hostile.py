# SPDX-License-Identifier: MIT
"""Whoever means harm, and whatever breaks at the worst moment: nothing is lost, nobody is locked out."""
import concurrent.futures
import glob
import http.client
import json
import os
import re
import resource
import signal
import socket
import subprocess
import threading
import time

from house import House, main, wait_for
from sinks import Gateway, Mail, link_of

ANN = "+4915550100001"
BOB = "+4915550100002"
LONG = '( { page = "primary", wait = "1h" }, { page = "secondary", wait = "1h" } )'
EVIL = '\r\nBcc: eve@example.org\r\n.\r\n\x1b]0;x\x07\u202e<script>alert(1)</script>"\'&$to$text\x00'


def children(parent, name):
    """Process ids below `parent` that are called so, without those that ended already."""
    found = []
    for folder in glob.glob("/proc/[0-9]*"):
        try:
            with open(folder + "/stat") as file:
                head, rest = file.read().rsplit(")", 1)
        except OSError:
            continue
        state, above = rest.split()[:2]
        if int(above) == parent and head.endswith("(" + name) and state != "Z":
            found.append(int(os.path.basename(folder)))
    return found


def courier_of(pager):
    return wait_for("the courier", lambda: children(pager.process.pid, "pagerd-courier"))[0]


def speak(pager, data, source="127.0.0.1", wait=10):
    """Sends bytes as they are; what comes back until the end of the line."""
    with socket.socket() as line:
        line.settimeout(wait)
        line.bind((source, 0))
        answer = b""
        try:
            line.connect(("127.0.0.1", pager.port))
            line.sendall(data)
            while piece := line.recv(65536):
                answer += piece
        except OSError:
            pass
        return answer


def broken_requests_are_refused_and_the_next_one_is_served():
    with House().start() as pager:
        key = pager.key()
        body = b'{"summary":"x"}'
        head = (f"POST /v1/alerts HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                f"Authorization: Bearer {key}\r\n").encode()
        length = b"Content-Length: %d\r\n\r\n" % len(body)
        cases = [
            (head + length + body, b" 202 "),
            (head + b"Transfer-Encoding: chunked\r\n\r\nf\r\n" + body + b"\r\n0\r\n\r\n", b" 202 "),
            (head + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n", b" 400 "),
            (head + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n", b" 413 "),
            (head + b"Content-Length: -1\r\n\r\n" + body, b" 400 "),
            (head + b"Content-Length: 999999999999999999999999\r\n\r\n", b" 413 "),
            (head + b"Expect: 100-continue\r\nContent-Length: 90000000\r\n\r\n", b" 413 "),
            (b"GET / HTTP/1.1\r\nHost: h\r\nX: " + b"a" * 20000 + b"\r\n\r\n", b" 431 "),
            (b"GET /" + b"a" * 30000 + b" HTTP/1.1\r\nHost: h\r\n\r\n", b" 414 "),
            (b"GET / HTTP/3.0\r\nHost: h\r\n\r\n", b" 505 "),
            (b"\x16\x03\x01\x02\x00\x01" + b"\xff" * 500, b""),
        ]
        for data, status in cases:
            answer = speak(pager, data, wait=10 if status else 1)
            assert status in answer.split(b"\r\n")[0] + b" ", (data[:120], answer[:200])
        many = speak(pager, (head.replace(b"Connection: close\r\n", b"") + length + body) * 20
                     + head + length + body)
        assert many.count(b"HTTP/1.1 202") == 21, many.count(b"HTTP/1.1 202")


def hostile_bodies_are_refused_or_made_harmless():
    with House(escalate=LONG).start() as pager:
        bearer = {"Authorization": f"Bearer {pager.key()}"}
        cases = [
            (b'{"summary":"\xff\xfe"}', 400), (b'{"summary":"a\0b"}', 400), (b"[" * 100000, 400),
            (b'{"summary":"x","details":' + b'{"a":' * 5000 + b"1" + b"}" * 5001, 400),
            (b'{"summary":"a","summary":"b"}', 400), (b"null", 400), (b'"x"', 400), (b"[[]]", 400),
            (json.dumps({"summary": "\x01\x1b\n\t "}), 400),
            (json.dumps({"summary": "x", "labels": {f"k{i}": "v" for i in range(100000)}}), 400),
            (json.dumps({"summary": "x", "labels": {"k" * 65536: "v" * 65536}}), 202),
            (json.dumps({"summary": EVIL, "details": EVIL, "source": EVIL, "service": EVIL,
                         "severity": EVIL, "labels": {EVIL: EVIL}}), 202),
            (json.dumps({"summary": "x" * 1000000, "dedup_key": "k" * 100000}), 202),
            (json.dumps({"summary": 1, "dedup_key": 12345678901234567890, "severity": [3]}), 202),
        ]
        for body, status in cases:
            answer = pager.request("POST", "/v1/alerts", body, bearer)
            assert answer[0] == status, (body[:80], answer[:2])
        listed = [i for i in pager.incidents() if not i["dedup_key"].startswith("pagerd/")]
        assert len(listed) == 4 and all(len(i["summary"]) <= 2000 for i in listed), listed


def what_an_alert_says_never_becomes_a_header_a_recipient_or_markup():
    gateway = Gateway()
    mail = Mail()
    with House(channels=gateway.config() + " " + mail.config(), escalate=LONG).start() as pager:
        key = pager.key()
        pager.alert(key, summary=EVIL, details=EVIL, labels={EVIL: EVIL},
                    link="javascript:alert(1)", runbook="https://x/\"><script>x</script>")
        letter = mail.wait("ann@example.org")[0]
        assert letter["Bcc"] is None and letter["To"].addresses[0].addr_spec == "ann@example.org"
        assert [to for to, _ in mail.letters] == ["ann@example.org"], mail.letters
        markup = letter.get_body(("html",)).get_content()
        assert "<script" not in markup.lower() and "javascript:" not in markup, markup
        message = gateway.wait(ANN)[0]
        assert message["to"] == ANN and not re.search(r"[\x00-\x09\x0b-\x1f]", message["text"]), message
        page = pager.get(link_of(message["text"]))[1]
        board = pager.get("/", headers={"Authorization": f"Bearer {pager.token('ann')}"})[1]
        for text in (page, board):
            assert "<script" not in text and "javascript:" not in text and "\x1b" not in text, text
        shown = pager.pagectl("show", "1").stdout + pager.pagectl("incidents").stdout
        assert "\x1b" not in shown and "\u202e" not in shown and "\x07" not in shown, repr(shown)
    gateway.close()
    mail.close()


def senseless_actions_change_nothing():
    with House(escalate=LONG).start() as pager:
        pager.alert(pager.key())
        bearer = {"Authorization": f"Bearer {pager.token('ann')}"}
        cases = {
            "snooze": [{}, {"for_ms": -1}, {"for_ms": 2**63 - 1}, {"for_ms": 1e30}, {"for_ms": "5"},
                       {"until": "2001-01-01T00:00:00Z"}, {"until": "9999-12-31T23:59:59Z"},
                       {"until": "x"}, {"until": 5}, {"off": "yes"}],
            "reassign": [{}, {"to": ""}, {"to": "nobody"}, {"to": "team:"}, {"to": ["bob"]},
                         {"to": "bob\0x"}, {"to": "b" * 100000}, {"to": "oncall"}],
            "note": [{}, {"text": ""}, {"text": 5}],
        }
        for action, bodies in cases.items():
            for body in bodies:
                status = pager.request("POST", f"/v1/incidents/1/{action}", body, bearer)[0]
                assert status in (400, 404), (action, body, status)
        for number in ("0", "-1", "1e3", "99999999999999999999", "18446744073709551617", "x"):
            status = pager.request("POST", f"/v1/incidents/{number}/ack", {}, bearer)[0]
            assert status == 404, (number, status)
        until = "2030-01-01T00:00:00Z"
        for body in ({"role": "primary", "user": "zed", "until": until},
                     {"role": "x", "user": "bob", "until": until},
                     {"role": "primary", "user": "bob"},
                     {"role": "primary", "user": "bob", "from": until, "until": until},
                     {"role": "primary", "user": "bob", "until": "2001-01-01T00:00:00Z"}):
            status = pager.request("POST", "/v1/overrides", body, bearer)[0]
            assert status in (400, 404), (body, status)
        shown = pager.show(1)
        assert shown["state"] == "triggered" and not shown["snoozed_until"], shown
        assert pager.ask("oncall")["oncall"][0]["user"] == "ann"


def of_two_acks_at_once_one_wins():
    with House(escalate=LONG).start() as pager:
        key = pager.key()
        tokens = [pager.token("ann"), pager.token("bob")]
        for i in range(20):
            number = json.loads(pager.alert(key, dedup_key=f"k{i}")[1])["alerts"][0]["incident"]
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                answers = list(pool.map(lambda token: pager.request(
                    "POST", f"/v1/incidents/{number}/ack", {},
                    {"Authorization": f"Bearer {token}"}), tokens))
            assert sorted(answer[0] for answer in answers) == [200, 409], answers


def an_alert_right_after_a_resolve_by_hand_is_counted():
    with House(escalate=LONG).start() as pager:
        key = pager.key()
        pager.alert(key, dedup_key="k")
        assert pager.act("ann", 1, "resolve")[0] == 200
        for _ in range(3):
            assert pager.alert(key, dedup_key="k")[0] == 202
        shown = wait_for("the count", lambda: pager.show(1))
        assert shown["state"] == "resolved" and shown["occurrences"] == 4, shown


def a_key_of_monitoring_acts_for_nobody():
    with House(escalate=LONG).start() as pager:
        key = pager.key()
        bearer = {"Authorization": f"Bearer {key}"}
        pager.alert(key)
        for action in ("ack", "unack", "resolve", "snooze", "escalate", "reassign", "note"):
            status = pager.request("POST", f"/v1/incidents/1/{action}", {}, bearer)[0]
            assert status == 403, (action, status)
        for path in ("/v1/incidents/ack", "/v1/overrides", "/v1/recovery", "/v1/keys",
                     "/v1/config/reload"):
            assert pager.request("POST", path, {"all": True}, bearer)[0] == 403, path
        for path in ("/v1/incidents", "/v1/oncall", "/v1/keys", "/v1/config", "/v1/status"):
            assert pager.get(path, headers=bearer)[0] == 403, path
        bob = {"Authorization": f"Bearer {pager.token('bob')}"}
        for body in ({"name": "x", "user": "ann"}, {"name": "x", "team": "ops"}):
            assert pager.request("POST", "/v1/keys", body, bob)[0] == 403
        assert pager.pagectl("key", "revoke", "test", "--yes").returncode == 0
        assert pager.alert(key)[0] == 401, "a revoked key is refused at once"
        assert pager.show(1)["state"] == "triggered"


def the_unix_socket_lets_nobody_act_who_is_nobody():
    if os.getuid() != 0:
        print("SKIPPED: the_unix_socket needs root to be somebody else")
        return
    with House(escalate=LONG).start() as pager:
        pager.alert(pager.key())
        os.chmod(pager.dir, 0o755)
        os.chmod(pager.socket, 0o666)
        asked = ["/v1/incidents/1/ack", "/v1/incidents/1/resolve", "/v1/incidents/ack", "/v1/keys",
                 "/v1/overrides", "/v1/config/reload", "/v1/alerts"]
        program = (
            "import http.client, os, socket, sys\n"
            "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
            "for path in sys.argv[2:]:\n"
            "    line = socket.socket(socket.AF_UNIX); line.connect(sys.argv[1])\n"
            "    http_line = http.client.HTTPConnection('x'); http_line.sock = line\n"
            "    http_line.request('POST', path, '{\"all\":true,\"summary\":\"x\"}')\n"
            "    print(http_line.getresponse().status)\n")
        done = subprocess.run(["/usr/bin/python3", "-c", program, pager.socket, *asked],
                              capture_output=True, text=True, check=True)
        assert done.stdout.split() == ["403"] * len(asked), done.stdout
        assert pager.show(1)["state"] == "triggered"


def no_secret_is_in_the_log_or_on_the_disk():
    gateway = Gateway()
    with House(channels=gateway.config() + " inbox: { }", escalate=LONG).start() as pager:
        secrets = [pager.key(), pager.token("ann"), pager.token("bob")]
        for i in range(5):
            pager.alert(secrets[0], dedup_key=f"k{i}")
        secrets += [link_of(message["text"])[3:] for message in gateway.wait(ANN, 5)]
        pager.request("POST", "/a/" + secrets[3], "do=ack")
        pager.get("/v1/incidents", headers={"Authorization": "Bearer pgu_wrong"})
        pager.get("/a/" + "0" * 20)
        phone = pager.get("/inbox/ann")[1]
        secrets += re.findall(r"/a/([0-9a-z]{20})", phone)
        pager.stop()
        for folder, _, files in os.walk(pager.dir):
            for name in files:
                with open(os.path.join(folder, name), "rb") as file:
                    content = file.read()
                for secret in secrets:
                    assert secret.encode() not in content, f"a secret is in {folder}/{name}"
    gateway.close()


def a_thousand_alerts_over_busy_lines_are_all_taken():
    with House(escalate=LONG).start() as pager:
        bearer = {"Authorization": f"Bearer {pager.key()}"}
        bad = []

        def line(number):
            connection = http.client.HTTPConnection("127.0.0.1", pager.port, timeout=60)
            for i in range(4):
                connection.request("POST", "/v1/alerts", json.dumps(
                    {"summary": "x", "dedup_key": f"{number}-{i}"}), bearer)
                answer = connection.getresponse()
                answer.read()
                if answer.status != 202:
                    bad.append(answer.status)
            connection.close()

        threads = [threading.Thread(target=line, args=(number,)) for number in range(256)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not bad, bad[:5]
        assert pager.ask("incidents", "--limit", "1")["incidents"][0]["number"] == 1024


def three_thousand_slow_clients_do_not_keep_out_an_ack():
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < 8192:
        print("SKIPPED: three_thousand_slow_clients needs 8192 descriptors")
        return
    gateway = Gateway()
    with House(channels=gateway.config(), escalate=LONG).start() as pager:
        pager.alert(pager.key())
        link = link_of(gateway.wait(ANN)[0]["text"])
        lines = []
        for i in range(3000):
            line = socket.create_connection(("127.0.0.1", pager.port), timeout=10)
            line.sendall(b"POST /v1/alerts HTTP/1.1\r\nHost: h\r\nX-Slow: ")
            lines.append(line)
        assert pager.get(link, timeout=10)[0] == 200, "from the same address"
        assert pager.request("POST", link, "do=ack", timeout=10)[0] == 303
        for line in lines:
            line.close()
    gateway.close()


def who_shows_no_key_and_sends_much_keeps_out_nobody():
    gateway = Gateway()
    size = 8 * 1024 * 1024
    with House(channels=gateway.config(), escalate=LONG).start() as pager:
        key = pager.key()
        pager.alert(key)
        link = link_of(gateway.wait(ANN)[0]["text"])
        head = f"POST /v2/enqueue HTTP/1.1\r\nHost: h\r\nContent-Length: {size}\r\n\r\n".encode()
        lines = []
        for _ in range(33):  # all but the last byte of more than all room that there is
            line = socket.create_connection(("127.0.0.1", pager.port), timeout=20)
            line.sendall(head)
            line.sendall(b" " * (size - 1))
            lines.append(line)
        assert pager.alert(key, "db2: disk full", service="s2", details="x" * 100000)[0] == 202
        assert pager.request("POST", link, "do=ack", timeout=10)[0] == 303
        # A stranger, too, whose key stands in the body; and the first of those who held the room is told.
        event = {"routing_key": key, "event_action": "trigger",
                 "payload": {"summary": "x", "source": "s3", "severity": "critical"}}
        assert pager.request("POST", "/v2/enqueue", event)[0] == 202
        lines[0].sendall(b" ")
        assert lines[0].recv(65536).startswith(b"HTTP/1.1 503"), "it made room"
        assert "\npagerd_bodies_shed_total 0" not in pager.get("/metrics")[1]
        for line in lines:
            line.close()
    gateway.close()


def asked_to_end_in_mid_traffic_it_ends_and_loses_nothing():
    with House(escalate=LONG).start() as pager:
        key = pager.key()
        taken = []
        is_over = threading.Event()

        def send(number):
            i = 0
            while not is_over.is_set():
                i += 1
                try:
                    if pager.alert(key, dedup_key=f"{number}-{i}")[0] == 202:
                        taken.append(f"{number}-{i}")
                except (OSError, http.client.HTTPException):
                    time.sleep(0.01)

        threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for _ in range(6):
            before = len(taken)
            wait_for("traffic", lambda: len(taken) > before + 20)
            pager.process.child.terminate()
            try:
                assert pager.process.child.wait(30) == 0
            except subprocess.TimeoutExpired:
                raise AssertionError("it was asked to end, and did not")
            pager.start()
        is_over.set()
        for thread in threads:
            thread.join()
        listed = set()
        last = 2**40
        bearer = {"Authorization": f"Bearer {pager.token('ann')}"}
        while last:
            some = json.loads(pager.get(f"/v1/incidents?all=1&limit=1000&before={last}",
                                        headers=bearer)[1])["incidents"]
            listed |= {incident["dedup_key"] for incident in some}
            last = some[-1]["number"] if some else 0
        assert not set(taken) - listed, sorted(set(taken) - listed)[:5]


def a_courier_that_hangs_is_replaced_and_its_pages_are_sent_again():
    gateway = Gateway()
    with House(channels=gateway.config(), escalate=LONG).start() as pager:
        key = pager.key()
        stuck = courier_of(pager)
        os.kill(stuck, signal.SIGSTOP)
        assert pager.alert(key)[0] == 202
        message = gateway.wait(ANN)[0]
        assert "(repeat)" in message["text"], message
        wait_for("the end of the one that hung", lambda: stuck not in children(
            pager.process.pid, "pagerd-courier"))
        assert not os.path.exists(f"/proc/{stuck}"), "it was not reaped"
    gateway.close()


def a_courier_that_is_killed_again_and_again_loses_no_page():
    gateway = Gateway(lambda message: time.sleep(0.05) or 200)
    with House(channels=gateway.config(), escalate=LONG).start() as pager:
        key = pager.key()
        for round_of in range(5):
            for i in range(6):
                pager.alert(key, dedup_key=f"{round_of}-{i}", summary=f"K{round_of}-{i}x")
            os.kill(courier_of(pager), signal.SIGKILL)

        def texts_of(name):
            return [message["text"] for message in gateway.taken(ANN) if name in message["text"]]

        for round_of in range(5):
            for i in range(6):
                name = f"K{round_of}-{i}x"
                texts = wait_for(f"the page of {name}", lambda: texts_of(name))
                assert len([text for text in texts if "(repeat)" not in text]) <= 1, texts
    gateway.close()


def what_is_no_calendar_leaves_the_last_good_one_in_force():
    with House(escalate=LONG).start() as pager:
        path = pager.path("primary.ics")

        def sparse():
            with open(path, "wb") as file:
                file.truncate(1 << 30)

        cases = {
            "nothing": lambda: None,
            "a pipe": lambda: os.mkfifo(path),
            "a folder": lambda: os.mkdir(path),
            "an endless file": lambda: os.symlink("/dev/zero", path),
            "itself": lambda: os.symlink(path, path),
            "a gigabyte of nothing": sparse,
        }
        for name, make in cases.items():
            if os.path.isdir(path) and not os.path.islink(path):
                os.rmdir(path)
            elif os.path.lexists(path):
                os.unlink(path)
            make()
            pager.pagectl("calendar", "refresh", "primary")
            wait_for(f"the refusal of {name}",
                     lambda: pager.ask("calendar", "list")["calendars"][0]["problem"])
            assert pager.ask("oncall")["oncall"][0]["user"] == "ann", name
            assert pager.get("/healthz")[0] == 200, name
        os.unlink(path)
        pager.write_calendar("primary", "cat")
        wait_for("the new rotation", lambda: pager.ask("oncall")["oncall"][0]["user"] == "cat")


def many_reloads_in_mid_traffic_lose_nothing():
    gateway = Gateway()
    with House(channels=gateway.config(), escalate=LONG).start() as pager:
        key = pager.key()
        good = open(pager.config).read()
        versions = [good, good.replace('"1h"', '"2h"'), good.replace('manager = "ann"', 'manager = "zed"'),
                    "", good + "\x00", good.replace("Europe/Berlin", "Asia/Tokyo"),
                    good.replace("primary.ics", "nowhere.ics")]
        for i in range(70):
            pager.write("pagerd.cfg", versions[i % len(versions)])
            pager.process.child.send_signal(signal.SIGHUP)
            assert pager.alert(key, dedup_key=f"k{i}", summary=f"K{i}x")[0] == 202
        pager.write("pagerd.cfg", good)
        pager.process.child.send_signal(signal.SIGHUP)
        wait_for("all pages", lambda: all(
            any(f"K{i}x" in message["text"] for message in gateway.taken()) for i in range(70)))
    gateway.close()


main(broken_requests_are_refused_and_the_next_one_is_served,
     hostile_bodies_are_refused_or_made_harmless,
     what_an_alert_says_never_becomes_a_header_a_recipient_or_markup,
     senseless_actions_change_nothing,
     of_two_acks_at_once_one_wins,
     an_alert_right_after_a_resolve_by_hand_is_counted,
     a_key_of_monitoring_acts_for_nobody,
     the_unix_socket_lets_nobody_act_who_is_nobody,
     no_secret_is_in_the_log_or_on_the_disk,
     a_thousand_alerts_over_busy_lines_are_all_taken,
     three_thousand_slow_clients_do_not_keep_out_an_ack,
     who_shows_no_key_and_sends_much_keeps_out_nobody,
     asked_to_end_in_mid_traffic_it_ends_and_loses_nothing,
     a_courier_that_hangs_is_replaced_and_its_pages_are_sent_again,
     a_courier_that_is_killed_again_and_again_loses_no_page,
     what_is_no_calendar_leaves_the_last_good_one_in_force,
     many_reloads_in_mid_traffic_lose_nothing)
