# SPDX-License-Identifier: MIT
"""A hundred thousand different alerts within a minute, of four services of four teams, sent as
Prometheus sends them; and in the middle one of another service, which pages while the storm rages.
Each person who is on call hears of the storm once or twice, and nothing that was accepted is lost."""
import contextlib
import http.client
import json
import re
import sqlite3
import threading
import time

from house import DEADLINE, House, main, wait_for
from sinks import Gateway

ALERTS = 100000
EXPLAINED, EXPLAINED_PART = 3000, 500
MANY, SERVICES = 6400, 300
KILLED = 20000  # of the storm in which pagerd is killed
BATCH = 64  # alerts in a request of Prometheus
TEAMS = {"ops": "ann", "db": "bob", "web": "cat", "net": "dan"}  # and who is on call
PHONES = {name: f"+491555010000{i + 1}" for i, name in enumerate(["ann", "bob", "cat", "dan"])}
STORM_PAGES = (1, 2)
MEMORY_MAX = 2 << 20  # KiB, of which the alerts themselves are the most
CALM = 'notify: { normal: ( { after = "0s", via = [ "sms" ] } ) }'
LADDER = '( { page = "primary", wait = "1h" } )'


def house(gateway):
    pager = House(channels=gateway.config(), notify=CALM, escalate=LADDER, group=None)
    pager.write("conf.d/teams.cfg", "teams: {" + "".join(
        f'{team}: {{ oncall = "{who}" manager = "{who}" escalate = ( {{ page = "oncall", '
        f'wait = "1h" }} ) }}\n' for team, who in TEAMS.items() if team != "ops") + "}")
    return pager.start()


def metric(pager, name):
    return int(re.search(rf"^pagerd_{re.escape(name)} (-?\d+)$", pager.get("/metrics")[1],
                         re.M).group(1))


def received(pager):
    """What became of all alerts, by the ledger."""
    return {end: int(count) for end, count in re.findall(
        r'pagerd_alerts_received_total\{result="(\w+)"\} (\d+)', pager.get("/metrics")[1])}


def memory(pager):
    """The most that was ever resident, in KiB."""
    with open(f"/proc/{pager.process.pid}/status", encoding="ascii") as file:
        return int(re.search(r"VmHWM:\s+(\d+)", file.read()).group(1))


class Storm:
    """A sender for each team. A batch is sent until it is taken, as it must be after a crash."""

    def __init__(self, pager, count):
        self.pager = pager
        self.count = count // len(TEAMS)
        self.taken = dict.fromkeys(TEAMS, 0)
        self.errors = []
        self.threads = [threading.Thread(target=self.send, args=(team, pager.key(team, team)))
                        for team in TEAMS]
        self.started_at = time.monotonic()
        for thread in self.threads:
            thread.start()

    def total(self):
        return sum(self.taken.values())

    def alert(self, team, i):
        return {"labels": {"alertname": "RequestFailed", "job": f"{team}-app", "severity": "error",
                           "instance": f"{team}{i % 500}:9100", "request": str(i)},
                "annotations": {"summary": f"{team}: request {i} failed"},
                "startsAt": "2026-11-21T03:00:00Z", "endsAt": "2099-01-01T00:00:00Z"}

    def body(self, team, first):
        return json.dumps([self.alert(team, i)
                           for i in range(first, min(first + BATCH, self.count))])

    def send(self, team, key):
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        connection = http.client.HTTPConnection("127.0.0.1", self.pager.port, timeout=120)
        until = time.monotonic() + DEADLINE
        while self.taken[team] < self.count and not self.errors:
            body = self.body(team, self.taken[team])
            try:
                connection.request("POST", "/api/v2/alerts", body, headers)
                answer = connection.getresponse()
                text = answer.read()
            except OSError as error:
                connection.close()
                if time.monotonic() > until:
                    self.errors.append((0, f"{error} for {DEADLINE} s"))
                time.sleep(0.1)  # between two tries, as a source waits
                continue
            until = time.monotonic() + DEADLINE
            if answer.status == 200:
                self.taken[team] = min(self.taken[team] + BATCH, self.count)
            elif answer.status != 503:
                self.errors.append((answer.status, text[:300]))

    def wait_until(self, count):
        wait_for(f"{count} to be taken, not {self.total()}",
                 lambda: self.total() >= count or self.errors, 300)

    def wait(self):
        for thread in self.threads:
            thread.join()
        assert not self.errors, self.errors[:3]
        assert self.total() == self.count * len(TEAMS)
        return time.monotonic() - self.started_at


def of_the_storm(gateway, who):
    return [m["text"] for m in gateway.taken(PHONES[who]) if "vault" not in m["text"]]


def everybody_heard(pager, gateway):
    """Waits for the page that says how many, then until no page waits for its turn."""
    wait_for("the pages that say how many", lambda: all(
        any(re.search(r"#\d+ x\d+ ", text) for text in of_the_storm(gateway, who)) for who in PHONES), 120)
    wait_for("the pages to be out", lambda: all(
        page["state"] not in ("queued", "sending")
        for incident in pager.incidents() for page in pager.pages(incident["number"])), 120)


def what_is_kept(pager):
    """The keys that are on the disk, each with a rule that says why it is where it is."""
    with contextlib.closing(sqlite3.connect(f"file:{pager.state}/pagerd.db?mode=ro",
                                            uri=True)) as base:
        rows = base.execute("select integration, dedup_key, rule from alert").fetchall()
    assert all(rule for _, _, rule in rows), "by which rule"
    assert len(rows) == len({(name, key) for name, key, _ in rows}), "each once"
    return len(rows)


def a_critical_in_a_storm_pages_at_once_and_each_person_hears_of_the_storm_once_or_twice():
    gateway = Gateway()
    with house(gateway) as pager:
        other = pager.key("vault")
        storm = Storm(pager, ALERTS)
        storm.wait_until(ALERTS // 2)
        begun_at = storm.total()
        assert pager.alert(other, "vault1: the vault burns", service="vault")[0] == 202
        wait_for("the page of the other one", lambda: [
            m for m in gateway.taken(PHONES["ann"]) if "vault burns" in m["text"]], 300)
        seen_at = storm.total()
        assert seen_at < ALERTS, f"paged after the storm: {begun_at} to {seen_at}"
        seconds = storm.wait()
        everybody_heard(pager, gateway)
        for who in PHONES:
            texts = of_the_storm(gateway, who)
            assert len(texts) in STORM_PAGES, (who, texts)
        ends = received(pager)
        assert sum(ends.values()) == ALERTS + 1 and not ends.get("refused"), ends
        assert metric(pager, "ledger_imbalance") == metric(pager, "checks_failed_total") == 0
        assert sum(one["alert_count"] for one in pager.incidents()) == ALERTS + 1
        assert what_is_kept(pager) == ALERTS + 1
        assert memory(pager) < MEMORY_MAX, memory(pager)
        print(f"  {ALERTS} alerts in {seconds:.1f} s; the critical one came at {begun_at}, its page "
              f"was out at {seen_at}; {len(gateway.taken())} SMS in all; {ends}; "
              f"{memory(pager) // 1024} MiB")
    gateway.close()


def what_was_accepted_outlives_a_kill_in_the_middle():
    gateway = Gateway()
    with house(gateway) as pager:
        storm = Storm(pager, KILLED)
        storm.wait_until(KILLED // 2)
        pager.kill()
        taken = storm.total()
        pager.start()
        assert what_is_kept(pager) >= taken
        storm.wait()
        everybody_heard(pager, gateway)
        assert what_is_kept(pager) == KILLED
        assert sum(one["alert_count"] for one in pager.incidents()) == KILLED
        assert metric(pager, "ledger_imbalance") == metric(pager, "checks_failed_total") == 0
        for who in PHONES:
            texts = of_the_storm(gateway, who)
            # Rather twice: what a burst had counted is forgotten.
            assert 1 <= len(texts) <= 2 * STORM_PAGES[-1] + 1, (who, texts)
    gateway.close()


def send(pager, key, first, last, worst):
    alerts = [{"summary": f"host {i} is slow", "service": "web", "dedup_key": f"host-{i}",
               "severity": "critical" if i == worst else "error"} for i in range(first, last)]
    status, answer, _ = pager.request("POST", "/v1/alerts", alerts,
                                      {"Authorization": f"Bearer {key}"}, timeout=120)
    assert status == 202, answer[:500]
    verdicts = json.loads(answer)["alerts"]
    assert len(verdicts) == last - first and not any("error" in one for one in verdicts)
    return verdicts


def each_alert_of_a_storm_is_explained_and_the_worse_one_pages_at_once():
    with House(group=None, escalate=LADDER).start() as pager:
        key = pager.key("prom")
        worst = EXPLAINED // 2 + 7
        numbers = set()
        for first in range(0, EXPLAINED, EXPLAINED_PART):
            verdicts = send(pager, key, first, first + EXPLAINED_PART, worst)
            numbers |= {one["incident"] for one in verdicts}
            if first <= worst < first + EXPLAINED_PART:
                alone = verdicts[worst - first]["incident"]
        assert pager.pages(alone, "ann"), "the critical one has paged nobody"
        wait_for("the page of the storm", lambda: all(
            pager.pages(one["number"], "ann") for one in pager.incidents()))
        found = pager.incidents()
        assert len(found) == 3, found
        assert sum(one["alert_count"] for one in found) == EXPLAINED, found
        pages = [page for one in found for page in pager.pages(one["number"])
                 if page["user"] == "ann"]
        assert len(pages) == 3, pages
        storm = max(found, key=lambda one: one["alert_count"])
        listed = pager.ask("alerts", "--since", "1h", "--limit", "1000")
        assert len(listed["alerts"]) == 1000 and listed["more"]
        assert {one["incident"] for one in listed["alerts"]} <= numbers
        assert all(one["rule"] and one["summary"] for one in listed["alerts"])
        why = pager.pagectl("show", str(storm["number"]), "--why").stdout
        assert "By rule: storm" in why and "host 11 is slow" in why, why[:2000]


def a_storm_of_hundreds_of_services_is_a_handful_of_texts():
    gateway = Gateway()
    with house(gateway) as pager:
        headers = {"Authorization": f"Bearer {pager.key('prometheus')}"}
        for first in range(0, MANY, BATCH):
            alerts = [{"labels": {"alertname": "Down", "job": f"service{i % SERVICES}",
                                  "instance": str(i)}} for i in range(first, first + BATCH)]
            assert pager.request("POST", "/api/v2/alerts", alerts, headers)[0] == 200
        wait_for("what stands for all others", lambda: any(
            re.search(r"#\d+ x\d+ ", text) for text in of_the_storm(gateway, "ann")), 120)
        texts = of_the_storm(gateway, "ann")
        # The first at once, the others of the first seconds as one text; then the storm.
        assert 2 <= len(texts) <= 5, texts
        assert sum(one["alert_count"] for one in pager.incidents()) == MANY
    gateway.close()


def the_phone_says_how_many_and_that_there_are_more():
    gateway = Gateway()
    with House(channels=gateway.config(), group='group: { storm = { more-than = 3, within = "2m" } }',
               escalate='( { page = "primary", wait = "1h" } )').start() as pager:
        key = pager.key()

        def raised(first, last):
            for i in range(first, last):
                assert pager.alert(key, summary=f"h{i} is slow", service="web", dedup_key=f"h{i}")[0] == 202

        def told(words):
            return next((one["text"] for one in gateway.taken() if words in one["text"]), None)

        raised(0, 6)
        text = wait_for("the page of the storm", lambda: told("x5 (5 crit)"))
        link = re.search(r"http://[^/]+(/a/\S+)", text)[1]
        assert '<p class="mu">The first of 5 alerts.</p>' in pager.get(link)[1]
        assert pager.request("POST", link, "do=ack",
                             {"Content-Type": "application/x-www-form-urlencoded"})[0] == 303
        raised(6, 8)
        text = wait_for("what was acked has grown", lambda: told("it was x5"))
        assert "x7 (7 crit)" in text and text.count("x7") == 1, text
    gateway.close()


if __name__ == "__main__":
    main(a_critical_in_a_storm_pages_at_once_and_each_person_hears_of_the_storm_once_or_twice,
         what_was_accepted_outlives_a_kill_in_the_middle,
         a_storm_of_hundreds_of_services_is_a_handful_of_texts,
         each_alert_of_a_storm_is_explained_and_the_worse_one_pages_at_once,
         the_phone_says_how_many_and_that_there_are_more)
