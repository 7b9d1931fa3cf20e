# SPDX-License-Identifier: MIT
"""Bad input gets a clear error, and nothing accepted is lost by it."""
import json
import os
import socket
import subprocess

from house import PAGERD, House, main, wait_for
from sinks import Gateway


def error_of(answer):
    status, body, _ = answer
    return status, json.loads(body)["error"]


def requests_that_make_no_sense_say_what_is_wrong():
    with House().start() as pager:
        key = pager.key()
        bearer = {"Authorization": f"Bearer {key}"}
        status, error = error_of(pager.request("POST", "/v1/alerts", '{"summary": "x"', bearer))
        assert (status, error["code"]) == (400, "invalid") and "byte" in error["text"], error
        status, error = error_of(pager.request("POST", "/v1/alerts", "{}", bearer))
        assert status == 400 and "summary" in error["text"], error
        status, error = error_of(pager.request(
            "POST", "/v1/alerts", {"summary": "x"}, {"Authorization": "Bearer pgk_wrong"}))
        assert (status, error["code"]) == (401, "unauthenticated"), error
        status, error = error_of(pager.request("POST", "/v1/alerts", {"summary": "x"}))
        assert status == 401, error
        ann = {"Authorization": f"Bearer {pager.token('ann')}"}
        for query in ("incidents?limit=-1", "incidents?before=x", "schedule?team=ops&weeks=0"):
            status, error = error_of(pager.get("/v1/" + query, headers=ann))
            assert (status, error["code"]) == (400, "invalid"), (query, error)
        status, error = error_of(pager.get("/v1/nothing"))
        assert status == 404, error
        status, error = error_of(pager.request("DELETE", "/v1/incidents", None, {
            "Authorization": f"Bearer {pager.token('ann')}"}))
        assert status == 405, error
        status, body, _ = pager.request("POST", "/v2/enqueue", {"routing_key": "no", "payload": 1})
        assert status == 400 and json.loads(body)["status"] == "invalid event", body
        # What the source sent and nobody could read is kept: once, and counted.
        kept = pager.incidents()
        assert [(i["dedup_key"], i["occurrences"]) for i in kept] == [
            ("pagerd/unreadable/generic", 2)], kept


def a_body_of_nine_mebibytes_is_refused_and_the_next_request_is_served():
    with House().start() as pager:
        key = pager.key()
        big = b'{"summary": "' + b"x" * (9 * 1024 * 1024) + b'"}'
        with socket.create_connection(("127.0.0.1", pager.port)) as line:
            line.sendall(b"POST /v1/alerts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                         + key.encode() + b"\r\nContent-Length: %d\r\n\r\n" % len(big))
            try:
                line.sendall(big)
            except OSError:
                pass
            line.settimeout(30)
            head = line.recv(4096)
        assert b" 413 " in head.split(b"\r\n")[0] + b" ", head
        assert pager.alert(key)[0] == 202


def a_broken_calendar_never_replaces_the_good_one_and_the_manager_is_told():
    gateway = Gateway()
    with House(channels=gateway.config(), team='coverage = "always"').start() as pager:
        assert pager.ask("oncall")["oncall"][0]["user"] == "ann"
        whole = open(pager.path("primary.ics")).read()
        pager.write("primary.ics", whole[:len(whole) // 2])
        wait_for("the refusal", lambda: pager.ask("calendar", "list")["calendars"][0]["problem"])
        assert pager.ask("oncall")["oncall"][0]["user"] == "ann", "the last good copy stays"
        wait_for("the manager's notice", lambda: [
            m for m in gateway.taken() if "calendar" in m["text"] and "primary" in m["text"]])
        for _ in range(3):  # the notice must not be numbered before the past is back
            pager.kill()
            pager.start()
        assert pager.ask("oncall")["oncall"][0]["user"] == "ann", "over restarts too"
        pager.write_calendar("primary", "cat")
        wait_for("the new rotation", lambda: pager.ask("oncall")["oncall"][0]["user"] == "cat")
        pager.write_calendar("primary", "kat")
        wait_for("the unknown name", lambda: '"kat" (did you mean "Cat Test"?)' in (
            pager.ask("calendar", "list")["calendars"][0]["problem"] or ""))
        assert pager.ask("oncall")["oncall"][0]["user"] == "cat", "a slip of the pen takes nobody away"
    gateway.close()


def a_broken_configuration_is_told_at_once_and_the_old_one_stays():
    gateway = Gateway()
    with House(channels=gateway.config()).start() as pager:
        good = open(pager.config).read()
        broken = good.replace('manager = "ann"', 'manager = "anne"').replace(
            'wait = "3s"', "wait = 3s", 1)
        pager.write("pagerd.cfg", broken)
        check = subprocess.run([PAGERD, "--check", "--config", pager.config], text=True,
                               capture_output=True, check=False)
        said = check.stdout + check.stderr
        assert check.returncode == 1 and "pagerd.cfg:" in said and "^" in said, said
        pager.process.child.send_signal(1)
        wait_for("the refusal in the log", lambda: "the old one stays" in pager.log())
        assert pager.alert(pager.key())[0] == 202
        pager.stop()
        pager.start()
        assert "started with the configuration of" in pager.log()
        wait_for("the manager is told", lambda: [
            m for m in gateway.taken() if "configuration" in m["text"]])
        pager.write("pagerd.cfg", good.replace('"3s"', '"4s"', 1))
        pager.process.child.send_signal(1)
        wait_for("the swap", lambda: 'escalate[0].wait' in pager.log())
    gateway.close()


def a_check_reads_the_calendars_too():
    with House(team='coverage = "always"') as pager:
        pager.write_calendar("primary", "anne")
        whole = open(pager.path("secondary.ics")).read()
        pager.write("secondary.ics", whole[:len(whole) // 2])
        done = subprocess.run([PAGERD, "--check", "--config", pager.config], text=True,
                              capture_output=True, check=False)
        assert done.returncode == 0, done
        assert '"anne" is nobody; did you mean' in done.stdout, done.stdout
        assert "E-TRUNCATED" in done.stdout and "nobody is primary from" in done.stdout, done
        strict = subprocess.run([PAGERD, "--check", "--strict", "--config", pager.config],
                                capture_output=True, check=False)
        assert strict.returncode == 1, strict


def a_hanging_gateway_delays_nobody_elses_page():
    hanging = Gateway(lambda message: "hang" if message["to"].endswith("1") else 200)
    with House(channels=hanging.config(),
               notify='notify: { normal: ( { after = "0s", via = [ "sms" ] } ) }',
               escalate='( { page = "primary", wait = "2s" }, { page = "secondary", wait = "1h" } )'
               ).start() as pager:
        pager.alert(pager.key())
        hanging.wait("+4915550100002")
    hanging.close()


def a_full_disk_refuses_and_takes_again_when_there_is_room():
    if os.getuid() != 0:
        print("SKIPPED: a_full_disk needs root for a small tmpfs")
        return
    gateway = Gateway()
    with House(channels=gateway.config()) as pager:
        os.makedirs(pager.state)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", pager.state],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print("SKIPPED: a_full_disk cannot mount a tmpfs: " + done.stderr)
            return
        try:
            pager.start()
            key = pager.key()
            accepted = []
            refused = 0
            for i in range(4000):
                status = pager.alert(key, dedup_key=f"k{i}", details="x" * 8000)[0]
                assert status in (202, 503), status
                if status == 202:
                    accepted.append(f"k{i}")
                else:
                    refused += 1
                    if refused == 5:
                        break
            assert refused, "the disk never became full"
            assert pager.get("/readyz")[0] == 503 and pager.get("/healthz")[0] == 200
            subprocess.run(["mount", "-o", "remount,size=64m", pager.state], check=True)
            wait_for("room again", lambda: pager.get("/readyz")[0] == 200)
            assert pager.alert(key, dedup_key="after")[0] == 202
            pager.kill()
            pager.start()
            for name in (accepted[0], accepted[-1], "after"):
                keys = {i["dedup_key"] for i in pager.incidents("--all", "--limit", "1000")}
                assert name in keys, f"{name} was accepted and is lost"
        finally:
            pager.stop()
            subprocess.run(["umount", "-l", pager.state], check=False)
    gateway.close()


main(requests_that_make_no_sense_say_what_is_wrong,
     a_body_of_nine_mebibytes_is_refused_and_the_next_request_is_served,
     a_broken_calendar_never_replaces_the_good_one_and_the_manager_is_told,
     a_broken_configuration_is_told_at_once_and_the_old_one_stays,
     a_check_reads_the_calendars_too,
     a_hanging_gateway_delays_nobody_elses_page,
     a_full_disk_refuses_and_takes_again_when_there_is_room)
