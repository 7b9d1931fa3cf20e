# SPDX-License-Identifier: MIT
"""Requests and notifications captured from the real programs, replayed into the real daemon."""
import gzip
import json
import os
import re

from house import SOURCE, House, main

CAPTURES = os.path.join(SOURCE, "tests/fixtures/monitoring")


def capture(name):
    path = os.path.join(CAPTURES, name)
    with (gzip.open if name.endswith(".gz") else open)(path, "rb") as file:
        return file.read().split(b"\r\n\r\n", 1)[1]


def replay(pager, key, path, name):
    body = capture(name)
    if path.endswith("enqueue"):
        body = json.dumps({**json.loads(body), "routing_key": key}).encode()
    return pager.request("POST", path, body, {"Content-Type": "application/json",
                                              "Authorization": f"Bearer {key}"})


def open_keys(pager):
    return {incident["dedup_key"]: incident for incident in pager.incidents()}


def alertmanagers_webhook_makes_one_incident_per_fingerprint():
    with House().start() as pager:
        key = pager.key("am")
        path = "/v1/ingest/alertmanager"
        assert replay(pager, key, path, "alertmanager/webhook/01-firing-one.http")[0] == 202
        assert set(open_keys(pager)) == {"1404fbd6aed07974"}
        replay(pager, key, path, "alertmanager/webhook/02-firing-two.http")
        found = open_keys(pager)
        assert set(found) == {"1404fbd6aed07974", "2e402e91e78f03a5"}, found
        first = found["1404fbd6aed07974"]
        assert first["occurrences"] == 2 and first["severity"] == "critical", first
        assert first["summary"] == "load 9.5 on db01.example.org:9100", first
        assert first["runbook"] == "https://wiki.example.org/runbooks/load", first
        replay(pager, key, path, "alertmanager/webhook/05-other-group-firing.http")
        assert open_keys(pager)["41cbb9d10b194c58"]["severity"] == "warning"
        replay(pager, key, path, "alertmanager/webhook/04-resolved-two.http")
        assert set(open_keys(pager)) == {"41cbb9d10b194c58"}
        # the same key, once in the path, once as a Basic password
        assert pager.request("POST", f"{path}/{key}", capture(
            "alertmanager/webhook-max-alerts-bearer/02-firing-two-truncated.http"))[0] == 202
        # a late copy of what is over opens nothing; the alert that it left out is told
        found = open_keys(pager)
        assert "1404fbd6aed07974" not in found, found
        assert any(found_key.startswith("truncated/") for found_key in found), found


def a_flood_of_1500_alerts_in_one_body_is_1500_incidents():
    with House().start() as pager:
        key = pager.key("am")
        body = capture("alertmanager/flood/webhook-1500-alerts.http.gz")
        assert len(body) > 900_000
        status, answer, _ = pager.request("POST", "/v1/ingest/alertmanager", body,
                                          {"Authorization": f"Bearer {key}"}, timeout=60)
        assert status == 202, answer[:500]
        assert len(json.loads(answer)["alerts"]) == 1500
        assert len(pager.incidents("--limit", "2000")) == 1500


def in_alertmanagers_place_the_answers_are_its_own():
    with House().start() as pager:
        key = pager.key("prom")
        for name in ("06-post-alerts-bad", "07-post-alerts-not-json", "10-post-alerts-wrong-type",
                     "11-post-alerts-end-before-start", "08-post-alerts-ok", "09-post-v1-alerts"):
            with open(os.path.join(CAPTURES, f"alertmanager/api/{name}.http"), "rb") as file:
                sent, answered = re.split(rb"\r?\n### answer\r?\n", file.read())
            head, body = sent.split(b"\r\n\r\n", 1)
            content = re.search(rb"Content-Type: (\S+)", head)[1].decode()
            status, said, _ = pager.request("POST", head.split()[1].decode(), body, {
                "Content-Type": content, "Authorization": f"Bearer {key}"})
            assert status == int(answered.split()[1]), (name, status, said)
        alerts = [one for one in pager.incidents() if "unreadable" not in one["summary"]]
        assert len(alerts) == 1 and alerts[0]["occurrences"] == 2, alerts


def opsgenies_flood_of_one_group_is_one_incident():
    with House().start() as pager:
        key = pager.key("og")
        body = capture("alertmanager/flood/opsgenie-1500-alerts.http.gz")
        status, said, _ = pager.request("POST", "/v2/alerts", body, {
            "Content-Type": "application/json", "Authorization": f"GenieKey {key}"}, timeout=60)
        assert status == 202, said
        found = list(open_keys(pager).values())
        assert [one["summary"] for one in found] == ["[FIRING:1500] Flood db (critical)"], found


def alertmanagers_mails_open_and_close():
    with House().start() as pager:
        pager.write("mail.key", pager.key("mail") + "\n")

        def piped(number):
            with open(os.path.join(CAPTURES, f"alertmanager/email/0{number}.eml"), "rb") as file:
                done = pager.pagectl("mail", "--key-file", pager.path("mail.key"), "--spool",
                                     pager.path("spool"), "--no-loop", stdin=file.read().decode())
            assert done.returncode == 0, done
            return {one["summary"] for one in pager.incidents()}

        load, disk = "HighLoad db (fra1 node critical dba)", "DiskFull db (fra1 db01.example.org:9100 node /var warning)"
        # The subject of a group names what its alerts have in common, so that it changes with the second
        # one; the first, which nobody calls over then, stays.
        alone = "[FIRING:1] HighLoad db (fra1 db01.example.org:9100 node critical dba)"
        assert piped(1) == {alone}
        assert piped(2) == {alone, f"[FIRING:2] {load}"}
        assert piped(3) == {alone, f"[FIRING:1] {load}"}, "repeated: the same incident"
        assert piped(4) == {alone, f"[FIRING:1] {load}", f"[FIRING:1] {disk}"}
        assert piped(5) == {alone, f"[FIRING:1] {disk}"}
        assert piped(6) == {alone}


def pagerduty_events_get_their_exact_answers():
    with House().start() as pager:
        key = pager.key("pd")
        for name in ("01-trigger", "02-trigger-two"):
            status, body, _ = replay(pager, key, "/v2/enqueue",
                                     f"alertmanager/pagerduty-v2/{name}.http")
            answer = json.loads(body)
            assert (status, answer["status"], answer["message"]) == (
                202, "success", "Event processed"), (status, body)
        found = open_keys(pager)
        assert list(found) == [answer["dedup_key"]], found
        assert found[answer["dedup_key"]]["occurrences"] == 2
        assert replay(pager, key, "/any/prefix/v2/enqueue/",
                      "alertmanager/pagerduty-v2/04-resolve.http")[0] == 202
        assert open_keys(pager) == {}
        status, body, _ = replay(
            pager, key, "/v2/enqueue",
            "alertmanager/flood/pagerduty-v2-1500-alerts-details-removed.http")
        assert status == 202, body
        status, body, _ = pager.request("POST", "/v2/enqueue", {
            "routing_key": key, "event_action": "acknowledge", "dedup_key": list(
                open_keys(pager))[0]})
        assert status == 202, body
        assert next(iter(open_keys(pager).values()))["state"] == "triggered", "no ack by nobody"


def a_change_event_is_kept_and_pages_nobody():
    with House().start() as pager:
        key = pager.key("ci")
        for number in (1, 2):
            status, body, _ = pager.request("POST", "/v2/change/enqueue", {
                "routing_key": key, "payload": {"summary": f"Build {number} is live",
                                                "source": "ci.example.org"}})
            assert (status, json.loads(body)["message"]) == (202, "Change event processed"), body
        pager.stop()
        pager.start()
        asked = {"Authorization": f"Bearer {pager.token('bob')}"}
        changes = json.loads(pager.get("/v1/changes", headers=asked)[1])["changes"]
        assert [(change["actor"], change["text"]) for change in changes] == [
            ("ci", "ops: Build 2 is live, by ci.example.org"),
            ("ci", "ops: Build 1 is live, by ci.example.org")], changes
        one = json.loads(pager.get("/v1/changes?limit=1", headers=asked)[1])
        assert len(one["changes"]) == 1 and one["more"] is True, one
        assert not pager.incidents("--all")


def what_was_changed_before_it_is_shown_with_an_incident():
    with House().start() as pager:
        key = pager.key("ci")
        for summary, details in (("web 1.4 is live", {"service": "web"}), ("cdn 2 is live", {"service": "cdn"}),
                                 ("new firewall", {})):
            assert pager.request("POST", "/v2/change/enqueue", {
                "routing_key": key, "payload": {"summary": summary, "custom_details": details}})[0] == 202
        assert pager.request("POST", "/v1/alerts", {"summary": "web is slow", "service": "web"},
                             {"Authorization": f"Bearer {key}"})[0] == 202
        shown = [line for line in pager.pagectl("show", "1").stdout.splitlines() if line.startswith("Changed")]
        assert [line.split(") ", 1)[1] for line in shown] == [
            "ops: new firewall", "ops/web: web 1.4 is live"], shown
        assert "before" in shown[0], shown
        every = [row["text"] for row in pager.ask("changes")["changes"]]
        assert every == ["ops: new firewall", "ops/cdn: cdn 2 is live", "ops/web: web 1.4 is live"], every
        assert len(pager.ask("changes", "--since", "1h", "--team", "ops", "--service", "cdn")["changes"]) == 2
        assert not pager.ask("changes", "--team", "o")["changes"], "a whole name"
        table = pager.pagectl("changes").stdout.splitlines()
        assert len(table) == 3 and table[0].split("\t")[1:] == ["ci", "ops: new firewall"], table


def opsgenies_requests_are_answered_for_also_after_a_restart():
    with House().start() as pager:
        key = pager.key("og")
        genie = {"Authorization": f"GenieKey {key}", "Content-Type": "application/json"}

        def send(name):
            with open(os.path.join(CAPTURES, f"alertmanager/opsgenie/{name}.http"), "rb") as file:
                head, body = file.read().split(b"\r\n\r\n", 1)
            method, path, _ = head.split(b"\r\n")[0].decode().split(" ")
            status, said, _ = pager.request(method, path, body, genie)
            assert status == 202, (name, status, said)
            return json.loads(said)["requestId"]

        def asked(request):
            status, said, _ = pager.get(f"/v2/alerts/requests/{request}", headers=genie)
            assert status == 200, (request, status, said)
            return json.loads(said)["data"]

        created = send("01-create")
        incident = pager.incidents()[0]
        assert (incident["severity"], incident["service"]) == ("critical", "node"), incident
        said = asked(created)
        assert said["success"] is True and said["alias"] == incident["dedup_key"], said
        pager.kill()
        pager.start()
        assert asked(created) == said, (asked(created), said)
        assert asked(send("02-put-message"))["success"] is True
        status, shown, _ = pager.get(f"/v2/alerts/{said['alertId']}", headers=genie)
        assert status == 200 and json.loads(shown)["data"]["tinyId"] == "1", shown
        closed = send("05-close")
        assert not pager.incidents()
        pager.stop()
        pager.start()
        assert asked(closed)["status"] == "Closed alert", asked(closed)
        other = {"Authorization": f"GenieKey {pager.key('other')}"}
        assert pager.get(f"/v2/alerts/requests/{closed}", headers=other)[0] == 404


FOLDERS = {"icinga": "icinga2", "nagios": "nagios"}
OPTIONS = {"--host", "--service", "--state", "--type", "--output", "--author", "--comment",
           "--object"}


def notification(program, name):
    """The captured command line, as options of ours."""
    with open(os.path.join(CAPTURES, FOLDERS[program], "notification", name), errors="replace") as file:
        text = file.read()
    lines = text.split("# env")[0].splitlines()[1:]
    given = {}
    for option, value in zip(lines, lines[1:]):
        if option in OPTIONS and not value.startswith("--"):
            given[option] = value
    if "--output" not in given:
        found = re.search(r"^(?:SERVICE|HOST)_OUTPUT=(.*)$", text.split("# env")[-1], re.M)
        given["--output"] = found.group(1) if found else "no output"
    given.setdefault("--object", "service" if given.get("--service") else "host")
    return [word for pair in given.items() for word in pair]


def notify(pager, program, name):
    done = pager.pagectl(program, "--key-file", pager.path("key"), "--server", pager.url,
                         "--spool", pager.path("spool-" + program), *notification(program, name))
    assert done.returncode == 0, (name, done.stderr)


def what_monitors_notify(program, service_names, host_names):
    with House().start() as pager:
        pager.write("key", pager.key(program))
        for name, state, severity in service_names + host_names:
            notify(pager, program, name)
            found = [(i["state"], i["severity"]) for i in pager.incidents()]
            wanted = [] if state is None else [(state, severity)]
            assert found == wanted, f"after {name}: {found}, expected {wanted}"


def icingas_notifications_open_worsen_and_close():
    what_monitors_notify("icinga", [
        ("service-01-PROBLEM-critical.txt", "triggered", "critical"),
        ("service-02-PROBLEM-warning.txt", "triggered", "warning"),
        ("service-03-PROBLEM-unknown.txt", "triggered", "error"),
        ("service-05-ACKNOWLEDGEMENT.txt", "triggered", "error"),
        ("service-09-FLAPPINGSTART.txt", "triggered", "error"),
        ("service-08-RECOVERY-3s-late-because-it-was-acked.txt", None, None)], [
        ("host-01-PROBLEM-down.txt", "triggered", "critical"),
        ("host-03-CUSTOM.txt", "triggered", "critical"),
        ("host-07-DOWNTIMESTART.txt", "triggered", "critical"),
        ("host-04-RECOVERY-up.txt", None, None)])


def nagios_notifications_open_worsen_and_close():
    what_monitors_notify("nagios", [
        ("service-01-PROBLEM-critical.txt", "triggered", "critical"),
        ("service-02-PROBLEM-warning.txt", "triggered", "warning"),
        ("service-03-PROBLEM-unknown.txt", "triggered", "error"),
        ("service-04-ACKNOWLEDGEMENT.txt", "triggered", "error"),
        ("service-07-CUSTOM.txt", "triggered", "error"),
        ("service-06-RECOVERY.txt", None, None)], [
        ("host-01-PROBLEM-down.txt", "triggered", "critical"),
        ("host-04-RECOVERY-up.txt", None, None)])


main(alertmanagers_webhook_makes_one_incident_per_fingerprint,
     a_flood_of_1500_alerts_in_one_body_is_1500_incidents,
     in_alertmanagers_place_the_answers_are_its_own,
     opsgenies_flood_of_one_group_is_one_incident,
     alertmanagers_mails_open_and_close,
     pagerduty_events_get_their_exact_answers,
     a_change_event_is_kept_and_pages_nobody,
     what_was_changed_before_it_is_shown_with_an_incident,
     opsgenies_requests_are_answered_for_also_after_a_restart,
     icingas_notifications_open_worsen_and_close,
     nagios_notifications_open_worsen_and_close)
