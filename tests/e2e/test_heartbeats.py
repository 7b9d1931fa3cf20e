# SPDX-License-Identifier: MIT
"""Heartbeats, on the real daemon: a job that is silent pages somebody, a job that is heard does not."""
import os
import re
import subprocess
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from house import SOURCE, House, main, need, wait_for
from sinks import Gateway

ANN = "+4915550100001"
CALM = 'notify: { normal: ( { after = "0s", via = [ "sms" ] } ) }'
SLOW = '( { page = "primary", wait = "1h" }, { page = "secondary", wait = "1h" } )'


def house(gateway):
    return House(channels=gateway.config(), notify=CALM, escalate=SLOW)


def add(pager, name, every, grace, *more):
    """Its path, as a job would be given it."""
    done = pager.pagectl("heartbeat", "add", name, "--every", every, "--grace", grace, *more)
    assert done.returncode == 0, done.stderr
    url = done.stdout.strip()
    assert url.startswith(pager.url + "/ping/"), url
    return urlsplit(url).path


def row(pager, name):
    return next(r for r in pager.ask("heartbeat", "list")["heartbeats"] if r["name"] == name)


def calls(gateway, number):
    return [m for m in gateway.taken(ANN) if m["text"].startswith(f"CRIT #{number}")]


def one_that_is_missing_pages_and_found_again_resolves():
    gateway = Gateway()
    with house(gateway).start() as pager:
        path = add(pager, "backup", "1s", "1s")
        wait_for("the page of one never seen", lambda: calls(gateway, 1))
        assert "never seen" in pager.show(1)["summary"], pager.show(1)
        assert pager.show(1)["labels"] == {"heartbeat": "backup"}
        assert row(pager, "backup")["state"] == "down"
        assert 'pagerd_heartbeats{state="down"} 1' in pager.get("/metrics")[1]
        answer = pager.get(path)
        assert answer[:2] == (200, "OK") and answer[2]["Content-Type"].startswith("text/plain")
        assert pager.show(1)["state"] == "resolved"
        wait_for("it to be missing again", lambda: len(pager.incidents()) == 1)
        assert "is silent since" in pager.show(2)["summary"], pager.show(2)
        assert pager.request("HEAD", path)[0] == 200
        assert pager.show(2)["state"] == "resolved"
        assert not pager.show(2)["acknowledged_by"], "a ping acks nothing"
        pager.pagectl("heartbeat", "remove", "backup")
        assert pager.get(path)[0] == 404
    gateway.close()


def one_is_shown_with_when_it_is_due_and_when_it_was_missed():
    with House(escalate=SLOW).start() as pager:
        path = add(pager, "job", "1d", "1h")
        shown = pager.ask("heartbeat", "show", "job")
        assert shown["state"] == "new" and shown["last_seen_at"] is None and not shown["history"]
        assert pager.request("POST", path + "/1", "disk full")[0] == 200
        down = pager.ask("heartbeat", "show", "job")
        assert (down["state"], down["due_at"], down["incident"]) == ("down", None, 1), down
        assert pager.get(path)[0] == 200
        shown = pager.ask("heartbeat", "show", "job")
        assert shown["state"] == "up" and shown["incident"] is None, shown
        due, seen = (datetime.fromisoformat(shown[name].replace("Z", "+00:00"))
                     for name in ("due_at", "last_seen_at"))
        assert timedelta(hours=24) < due - seen < timedelta(hours=26), shown
        (loss,) = shown["history"]
        assert (loss["incident"], loss["state"]) == (1, "over"), loss
        assert loss["summary"] == "job says that it failed", loss
        text = pager.pagectl("heartbeat", "show", "job").stdout
        assert "job of ops is up: every 1d, 1h late at most, else critical." in text, text
        assert "Last ping" in text and "Missing at" in text and "it failed" in text, text
        add(pager, "other", "1h", "1h")
        assert not pager.ask("heartbeat", "show", "other")["history"]
        assert "not missed" in pager.pagectl("heartbeat", "show", "other").stdout
        assert pager.pagectl("heartbeat", "show", "none").returncode == 3


def a_key_and_a_name_are_an_address_too():
    signed = 'integrations: { forge: { signature = "github", secret = "12345678" } }'
    with House(escalate=SLOW, config=signed).start() as pager:
        key = pager.key("cron")
        ping = lambda tail, method="GET", body=None: pager.request(method, f"/ping/{key}{tail}", body)[:2]
        add(pager, "backup", "1h", "1h")
        assert ping("/backup") == (200, "OK") and row(pager, "backup")["state"] == "up"
        assert ping("/backup/3", "POST", "no space") == (200, "OK")
        assert pager.show(1)["details"].startswith("exit status 3"), pager.show(1)
        assert ping("/backup/0") == (200, "OK") and pager.show(1)["state"] == "resolved"
        assert ping("/nightly")[0] == 404 and ping("/backup/dance")[0] == 400
        assert ping("/nightly/start?create=1") == (201, "Created")
        made = row(pager, "nightly")
        assert (made["state"], made["team"], made["every_ms"], made["grace_ms"], made["created_by"]) == (
            "running", "ops", 86400000, 3600000, "key:cron"), made
        assert ping("/nightly?create=1") == (200, "OK") and row(pager, "nightly")["state"] == "up"
        assert ping("/bad%20name?create=1")[0] == 400
        for number in range(99):
            assert ping(f"/job-{number}?create=1")[0] == 201
        status, said = ping("/one-too-many?create=1")
        assert status == 409 and "100 heartbeats made by one key" in said, (status, said)
        assert ping("/nightly") == (200, "OK"), "what is there is never refused"
        # Not by a person's token, by no wrong key, and not without the signature that a key wants.
        assert pager.get(f"/ping/{pager.token('ann')}/backup")[0] == 404
        assert pager.get("/ping/pgk_wrong/backup")[0] == 404
        assert pager.get(f"/ping/{pager.key('forge')}/backup")[0] == 401
        assert key not in pager.log()
        pager.kill()
        pager.start()
        assert ping("/nightly") == (200, "OK")


def what_a_job_says_of_itself_counts():
    with House(escalate=SLOW).start() as pager:
        path = add(pager, "job", "1h", "1h", "--severity", "error")
        post = lambda tail, body="": pager.request("POST", path + tail, body)[:2]
        assert post("") == (200, "OK")
        assert post("/3", "no space left on the device\n") == (200, "OK")
        shown = pager.show(1)
        assert shown["severity"] == "error" and "failed" in shown["summary"], shown
        assert shown["details"].startswith("exit status 3\nno space left"), shown
        assert post("/log", "just a word") == (200, "OK")
        assert pager.show(1)["state"] == "triggered"
        assert post("/0") == (200, "OK")
        assert pager.show(1)["state"] == "resolved"
        assert post("/start") == (200, "OK") and row(pager, "job")["state"] == "running"
        assert post("/fail", "x" * 50000) == (200, "OK")
        assert 10000 < len(pager.show(2)["details"]) <= 10241
        assert post("/256")[0] == 400 and post("/nonsense")[0] == 400
        for _ in range(200):
            assert pager.get(path)[0] == 200, "never refused for its rate"
        assert pager.show(2)["state"] == "resolved"
        assert pager.get("/ping/AAAAAAAAAAAAAAAAAAAA")[0] == 404
        assert pager.pagectl("heartbeat", "ping", "job").returncode == 0
        assert pager.pagectl("heartbeat", "ping", "none").returncode == 3


def its_secret_is_kept_nowhere_and_it_survives_a_kill():
    with House(escalate=SLOW).start() as pager:
        path = add(pager, "job", "1h", "1h")
        assert pager.get(path)[0] == 200
        token = path.rsplit("/", 1)[1]
        seen = row(pager, "job")["last_seen_at"]
        assert seen
        pager.kill()
        pager.start()
        assert row(pager, "job")["last_seen_at"] == seen and row(pager, "job")["state"] == "up"
        assert pager.get(path)[0] == 200, "the same address"
        assert token not in pager.log()
        grep = subprocess.run(["grep", "-rc", token, pager.state], capture_output=True, text=True,
                              check=False)
        assert all(line.endswith(":0") for line in grep.stdout.split()), grep.stdout


def after_an_outage_each_gets_its_grace_anew():
    gateway = Gateway()
    with house(gateway).start() as pager:
        add(pager, "late", "1s", "2s")
        quiet = add(pager, "early", "1s", "1h")
        assert pager.get(quiet)[0] == 200
        pager.kill()
        pager.start()
        wait_for("the one whose grace is over", lambda: calls(gateway, 1))
        assert [i["labels"]["heartbeat"] for i in pager.incidents()] == ["late"]
    gateway.close()


def the_page_about_them_does_what_it_says():
    need("curl")
    with open(os.path.join(SOURCE, "docs/integrations/heartbeats.md")) as file:
        lines = re.findall(r"^    (curl .*)$", file.read(), re.M)
    assert len(lines) == 2, lines
    with House(escalate=SLOW).start() as pager:
        url = pager.url + add(pager, "backup", "1d", "1h")
        for line, state in zip(lines, ("down", "up")):
            subprocess.run(["sh", "-c", line], check=True, capture_output=True,
                           env={**os.environ, "URL": url})
            assert row(pager, "backup")["state"] == state
        assert "no space left" in pager.show(1)["details"]
        assert pager.show(1)["state"] == "resolved"


main(one_that_is_missing_pages_and_found_again_resolves,
     one_is_shown_with_when_it_is_due_and_when_it_was_missed,
     a_key_and_a_name_are_an_address_too,
     what_a_job_says_of_itself_counts,
     its_secret_is_kept_nowhere_and_it_survives_a_kill,
     after_an_outage_each_gets_its_grace_anew,
     the_page_about_them_does_what_it_says)
