# SPDX-License-Identifier: MIT
"""Every page of docs/integrations that ends in a test: its commands do what the page says."""
import base64
import hashlib
import hmac
import json
import os
import re
import subprocess
import time

from house import PAGERD, SOURCE, House, main, need, wait_for

FOLDER = os.path.join(SOURCE, "docs/integrations")
PAGES = ["aws-sns", "cloudevents", "curl", "datadog", "github-style", "goalert-clients", "grafana", "json",
         "opsgenie-clients", "pagerduty-clients", "sentry", "uptime-kuma"]
# The key that a page's configuration is about; without one the page's own name is taken.
NAMES = {"json": "shop", "github-style": "forge"}
SECRET = "It's a Secret to Everybody"


def commands(page):
    """The curl commands of a page, a line each."""
    with open(os.path.join(FOLDER, page + ".md")) as file:
        text = file.read()
    found = re.findall(r"^    (curl (?:.*\\\n)*.*)$", text, re.M)
    return [command.replace("\\\n", " ") for command in found]


def run(pager, key, command):
    """One command exactly as the page has it, but for the host. Returns what pagerd answered."""
    done = subprocess.run(
        ["sh", "-c", command.replace("curl ", "curl -sS -w '\\n%{http_code}' ", 1)
         .replace("https://page.example.org", pager.url)],
        cwd=SOURCE, env={**os.environ, "KEY": key, "SECRET": SECRET}, capture_output=True, text=True, check=True)
    body, status = done.stdout.rsplit("\n", 1)
    assert status in ("202", "204"), (command, status, body)
    return body


def house_of(page):
    """A pagerd with the configuration that the page ships, if it ships one."""
    path = os.path.join(SOURCE, "etc/integrations", page, "pagerd.cfg")
    config = ""
    if os.path.exists(path):
        with open(path) as file:
            config = file.read()
    pager = House(config=config)
    pager.write("secrets/forge", SECRET + "\n")
    return pager


def page_does_what_it_says(page):
    found = commands(page)
    name = NAMES.get(page, page)
    assert len(found) >= 2 and len(found) % 2 == 0, found
    with house_of(page).start() as pager:
        key = pager.key(name)
        for trigger, resolve in zip(found[::2], found[1::2]):
            before = len(pager.incidents("--all"))
            run(pager, key, trigger)
            run(pager, key, trigger)
            incident = pager.incidents()[0]
            assert len(pager.incidents("--all")) == before + 1, "the same again is the same incident"
            assert incident["occurrences"] == 2, incident
            assert incident["integration"] == name, incident
            number = incident["number"]
            if incident["severity"] == "critical":
                wait_for("the page", lambda: pager.pages(number, "ann"))
            run(pager, key, resolve)
            assert not pager.incidents(), "resolved by its source"
            assert pager.show(number)["resolved_by"] is None


def every_page_does_what_it_says():
    need("curl")
    for page in PAGES:
        page_does_what_it_says(page)
        print(f"  {page}", flush=True)


def the_script_for_cron_pages_and_resolves():
    need("curl")
    script = os.path.join(SOURCE, "etc/integrations/curl/page")
    with House().start() as pager:
        env = {**os.environ, "PAGERD_URL": pager.url, "PAGERD_KEY": pager.key("cron")}
        subprocess.run(["sh", script, "backup", "of", "db1", "failed"], env=env, check=True)
        assert pager.incidents()[0]["summary"] == "backup of db1 failed"
        subprocess.run(["sh", script, "--resolve", "backup of db1 failed"], env=env, check=True)
        assert not pager.incidents()
        env["PAGERD_KEY"] = "pgk_wrong"
        wrong = subprocess.run(["sh", "-c", "timeout 5 sh " + script + " x"], env=env, check=False,
                               capture_output=True)
        assert wrong.returncode != 0


def what_cannot_be_used_is_told_in_words_and_leaves_nothing():
    with House().start() as pager:
        head = {"Authorization": f"Bearer {pager.key('bad')}"}
        for name, body, words in [
                ("text", "", "empty"), ("uptimekuma", "[]", "not an object"),
                ("datadog", "{}", "alert_transition"), ("sns", "{}", "TopicArn"),
                ("sentry", "{}", "Sentry-Hook-Resource"), ("cloudevents", "{}", "specversion"),
                ("grafana", "", "empty")]:
            status, answer, _ = pager.request("POST", f"/v1/ingest/{name}", body, head)
            assert status in (202, 400) and words in answer, (name, status, answer)
        status, answer, _ = pager.request(
            "POST", "/v1/ingest/cloudevents",
            [{"specversion": "1.0", "type": "t", "source": "s", "id": "1"}, 7], head)
        assert status == 202 and '"error"' in answer and '"new":true' in answer, (status, answer)
        assert pager.request("POST", "/v1/ingest/nosuch", "{}", head)[0] == 404


def alerts_that_grafana_left_out_are_an_incident():
    with House().start() as pager:
        head = {"Authorization": f"Bearer {pager.key('grafana')}"}
        with open(os.path.join(SOURCE, "tests/fixtures/formats/grafana/truncated.http")) as file:
            body = file.read().split("\n\n", 1)[1]
        assert pager.request("POST", "/v1/ingest/grafana", body, head)[0] == 202
        assert "left 3 alerts out" in pager.incidents()[0]["summary"]


def signed(kind, body, secret, at=None):
    """The headers of a scheme, by Python's own HMAC."""
    def code(message):
        return hmac.new(secret, message, hashlib.sha256)
    if kind == "standard":
        at = str(int(at or time.time()))
        raw = code(f"msg_1.{at}.".encode() + body).digest()
        return {"webhook-id": "msg_1", "webhook-timestamp": at,
                "webhook-signature": "v1,AAAA v1," + base64.b64encode(raw).decode()}
    if kind == "grafana":
        at = str(int(at or time.time()))
        return {"X-Grafana-Alerting-Timestamp": at,
                "X-Grafana-Alerting-Signature": code(at.encode() + b":" + body).hexdigest()}
    return {"github": {"X-Hub-Signature-256": "sha256=" + code(body).hexdigest()},
            "sentry": {"Sentry-Hook-Signature": code(body).hexdigest()},
            "pagerduty": {"X-PagerDuty-Signature": "v1=00,v1=" + code(body).hexdigest()}}[kind]


SCHEMES = ["github", "standard", "grafana", "sentry", "pagerduty"]
STANDARD = base64.b64encode(b"0123456789abcdef01234567").decode()


def unsigned_count(pager):
    line = [line for line in pager.get("/metrics")[1].splitlines()
            if line.startswith("pagerd_requests_unsigned_total ")]
    return int(line[0].split()[1])


def a_signature_is_asked_for_besides_the_key():
    config = "integrations: {" + "".join(
        f'{kind}: {{ signature = "{kind}", secret = "secret:{kind}" }}\n'
        for kind in SCHEMES) + "}"
    pager = House(config=config)
    for kind in SCHEMES:
        pager.write(f"secrets/{kind}", "whsec_" + STANDARD if kind == "standard" else "s3cret")
    with pager.start():
        refused = 0
        for kind in SCHEMES:
            key = {"Authorization": f"Bearer {pager.key(kind)}"}
            secret = base64.b64decode(STANDARD) if kind == "standard" else b"s3cret"
            body = f"signed by {kind}".encode()
            good = signed(kind, body, secret)
            bad = [{}, signed(kind, body, b"other"), signed(kind, body + b".", secret)]
            if kind in ("standard", "grafana"):
                bad += [signed(kind, body, secret, time.time() - 3600),
                        signed(kind, body, secret, time.time() + 3600)]
            for headers in bad:
                status, answer, _ = pager.request("POST", "/v1/ingest/text", body,
                                                  {**key, **headers})
                assert status == 401 and "signed" in answer, (kind, status, answer)
                assert "s3cret" not in answer and STANDARD not in answer, answer
                refused += 1
            # What cannot be read is not looked at before its signature.
            assert pager.request("POST", "/v1/alerts", b"{", key)[0] == 401
            # Nor is there another door for the key.
            genie = {"Authorization": key["Authorization"].replace("Bearer", "GenieKey")}
            assert pager.request("POST", "/v2/alerts", {"message": "a"}, genie)[0] == 401
            assert pager.request("POST", "/v2/alerts/1/close", {}, genie)[0] == 401
            assert pager.request("DELETE", "/v2/alerts/1", None, genie)[0] == 401
            assert pager.request("POST", "/v2/enqueue", {
                "routing_key": key["Authorization"].split()[1], "event_action": "trigger",
                "payload": {"summary": "a", "source": "b", "severity": "error"}})[0] in (400, 401)
            refused += 5
            assert pager.request("POST", "/v1/ingest/text", body, good)[0] == 401, "without the key"
            assert not pager.incidents(), "nothing was recorded"
            assert pager.request("POST", "/v1/ingest/text", body, {**key, **good})[0] == 202
            pager.act("ann", pager.incidents()[0]["number"], "resolve")
        assert unsigned_count(pager) == refused
        assert "s3cret" not in pager.log() and STANDARD not in pager.log()
        assert "s3cret" not in pager.pagectl("config", "show").stdout
        # A changed secret counts from the reload on.
        pager.write("secrets/github", "another")
        assert pager.pagectl("config", "reload").returncode == 0
        key = {"Authorization": f"Bearer {pager.ask('key', 'add', 'x', '--team', 'ops')['key']}"}
        assert pager.request("POST", "/v1/ingest/text", b"no setup", key)[0] == 202


def bad_maps_and_secrets_are_told_by_check():
    for config, words in [
            ('x: { map = "summary=/a~2" }', "JSON Pointer"),
            ('x: { map = "details=/a" }', "summary"),
            ('x: { signature = "github" }', "needs the secret"),
            ('x: { secret = "abcdefgh" }', "signature"),
            ('x: { signature = "standard", secret = "not base64" }', "base64"),
            ('x: { signature = "sns" }', "needs the topic"),
            ('x: { signature = "sns", topic = "arn:a", secret = "abcdefgh" }', "of no use"),
            ('x: { topic = "arn:a" }', "of no use"),
            ('x: { signature = "rot13", secret = "abc" }', "cannot be")]:
        with House(config="integrations: { " + config + " }") as pager:
            done = subprocess.run([PAGERD, "--check", "--config", pager.config],
                                  capture_output=True, text=True, check=False)
            assert done.returncode != 0 and words in done.stdout + done.stderr, (
                config, done.stdout, done.stderr)
            assert "not base64" not in done.stdout + done.stderr


def a_message_of_sns_whose_certificate_cannot_be_had_is_to_come_again():
    """There is no SNS here: whether its name is not found or its host does not answer, it is 503."""
    with house_of("aws-sns").start() as pager:
        head = {"Authorization": f"Bearer {pager.key('aws')}"}
        with open(os.path.join(SOURCE, "tests/fixtures/sns/sha256.json")) as file:
            body = file.read()
        nowhere = body.replace("sns.eu-central-1.", "sns.no-such-region-0.")
        status, answer, _ = pager.request("POST", "/v1/ingest/sns", nowhere, head, timeout=60)
        assert status == 503 and "certificate" in answer, (status, answer)
        for wrong in [body.replace(":alarms", ":other"), body.replace("https://sns.", "https://x."),
                      "{}", "nonsense"]:
            status, answer, _ = pager.request("POST", "/v1/ingest/sns", wrong, head)
            assert status in (400, 401), (status, answer)
        assert pager.request("POST", "/v1/ingest/text", "db1 is down", head)[0] == 401
        assert not pager.incidents()


def what_a_source_calls_it_can_be_given_a_meaning():
    config = """integrations: { shop: { key = "24x7.shop", default-severity = "info"
      severity = [ "Warn=critical", "warning=critical", "ALARM=warning", "fatal=warning", "P4=critical" ] } }"""
    alarm = json.dumps({"AlarmName": "a", "NewStateValue": "ALARM"})
    said = [
        ("datadog", {"alert_transition": "Warn", "alert_id": "1"}, "critical"),
        ("datadog", {"alert_transition": "Triggered", "alert_priority": "P4", "alert_id": "2"}, "critical"),
        ("sentry", {"action": "triggered", "data": {"event": {"title": "t", "level": "fatal", "issue_id": "3"}}},
         "warning"),
        ("sentry", {"action": "warning", "data": {"metric_alert": {"id": "4"}}}, "critical"),
        ("sns", {"Type": "Notification", "TopicArn": "arn:a", "Message": alarm}, "warning"),
        ("sns", {"Type": "Notification", "TopicArn": "arn:a", "Message": "words"}, "info"),
        ("uptimekuma", {"monitor": {"id": 5, "name": "a"}, "heartbeat": {"status": 0}}, "info"),
        ("email", "Subject: WARNING: disk\n\nwords\n", "critical"),
        ("email", "Subject: something\n\nwords\n", "info"),
    ]
    with House(config=config).start() as pager:
        told = pager.pagectl("key", "add", "7.other", "--team", "ops").stdout
        assert 'integrations: { NAME: { key = "7.other" ... } }' in told, told
        assert "integrations:" not in pager.pagectl("key", "add", "other", "--team", "ops").stdout
        head = {"Authorization": f"Bearer {pager.key('24x7.shop')}"}
        for format_name, body, severity in said:
            status, answer, _ = pager.request("POST", f"/v1/ingest/{format_name}", body, head)
            assert status == 202, (format_name, answer)
            number = json.loads(answer)["alerts"][0]["incident"]
            assert pager.show(number)["severity"] == severity, (format_name, body, pager.show(number))
        genie = {"Authorization": head["Authorization"].replace("Bearer", "GenieKey")}
        assert pager.request("POST", "/v2/alerts", {"message": "p4", "priority": "P4"}, genie)[0] == 202
        assert [row["severity"] for row in pager.incidents() if row["summary"] == "p4"] == ["critical"]


def json_without_a_map_names_the_configuration():
    with House().start() as pager:
        head = {"Authorization": f"Bearer {pager.key('own')}"}
        status, answer, _ = pager.request("POST", "/v1/ingest/json", {"a": 1}, head)
        assert status in (202, 400) and "integrations.own.map" in answer, (status, answer)


def every_snippet_is_named_by_its_page():
    for page in PAGES + ["alertmanager", "prometheus", "zabbix"]:
        folder = os.path.join(SOURCE, "etc/integrations", page)
        with open(os.path.join(FOLDER, page + ".md")) as file:
            text = file.read()
        for name in os.listdir(folder) if os.path.isdir(folder) else []:
            assert f"etc/integrations/{page}/{name}" in text, (page, name)


main(every_page_does_what_it_says, the_script_for_cron_pages_and_resolves,
     what_cannot_be_used_is_told_in_words_and_leaves_nothing,
     alerts_that_grafana_left_out_are_an_incident, a_signature_is_asked_for_besides_the_key,
     bad_maps_and_secrets_are_told_by_check, a_message_of_sns_whose_certificate_cannot_be_had_is_to_come_again,
     json_without_a_map_names_the_configuration, what_a_source_calls_it_can_be_given_a_meaning,
     every_snippet_is_named_by_its_page)
