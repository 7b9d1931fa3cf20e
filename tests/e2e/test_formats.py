# SPDX-License-Identifier: MIT
"""Every page of docs/integrations that ends in a test: its commands do what the page says."""
import os
import re
import subprocess

from house import SOURCE, House, main, need, wait_for

FOLDER = os.path.join(SOURCE, "docs/integrations")
PAGES = ["aws-sns", "cloudevents", "curl", "datadog", "grafana", "sentry", "uptime-kuma"]


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
        cwd=SOURCE, env={**os.environ, "KEY": key}, capture_output=True, text=True, check=True)
    body, status = done.stdout.rsplit("\n", 1)
    assert status == "202", (command, status, body)
    return body


def page_does_what_it_says(page):
    found = commands(page)
    assert len(found) >= 2 and len(found) % 2 == 0, found
    with House().start() as pager:
        key = pager.key(page)
        for trigger, resolve in zip(found[::2], found[1::2]):
            before = len(pager.incidents("--all"))
            run(pager, key, trigger)
            run(pager, key, trigger)
            incident = pager.incidents()[0]
            assert len(pager.incidents("--all")) == before + 1, "the same again is the same incident"
            assert incident["occurrences"] == 2, incident
            assert incident["integration"] == page, incident
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


def every_snippet_is_named_by_its_page():
    for page in PAGES:
        with open(os.path.join(FOLDER, page + ".md")) as file:
            text = file.read()
        for name in os.listdir(os.path.join(SOURCE, "etc/integrations", page)):
            assert f"etc/integrations/{page}/{name}" in text, (page, name)


main(every_page_does_what_it_says, the_script_for_cron_pages_and_resolves,
     what_cannot_be_used_is_told_in_words_and_leaves_nothing,
     alerts_that_grafana_left_out_are_an_incident, every_snippet_is_named_by_its_page)
