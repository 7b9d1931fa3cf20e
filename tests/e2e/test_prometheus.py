# SPDX-License-Identifier: MIT
"""The real Prometheus sends to pagerd as to an Alertmanager, by the snippet that is shipped."""
import json
import subprocess

from house import House, main, need, wait_for
from prometheus import Alertmanager, Prometheus, shipped_alerting, shipped_webhook


def prometheus_of(pager, key, **more):
    return Prometheus(pager, shipped_alerting(pager, key), **more).start()


LOAD, DISK = Prometheus.LOAD, Prometheus.DISK


def what_fires_opens_and_what_is_over_closes():
    with House().start() as pager:
        prometheus = prometheus_of(pager, pager.key("prometheus"))
        prometheus.metrics = {LOAD: 9.5, DISK: 0.95}
        found = wait_for("both alerts", lambda: len(pager.incidents()) == 2 and pager.incidents())
        load, disk = sorted(found, key=lambda incident: incident["severity"])
        assert load["summary"] == "load 9.5 on db01:9100", load
        assert (load["severity"], disk["severity"]) == ("critical", "warning"), found
        assert load["integration"] == "prometheus", load
        assert load["runbook"] == "https://wiki.example.org/runbooks/load", load
        assert "replica" not in load["labels"], "the snippet drops it"
        number = load["number"]
        wait_for("it to be said again",
                 lambda: pager.show(number)["occurrences"] > load["occurrences"] + 2)
        prometheus.metrics = {LOAD: 1, DISK: 0.95}
        wait_for("the end", lambda: pager.show(number)["state"] == "resolved")
        assert pager.show(number)["resolved_by"] is None, "by its source"
        # Prometheus says for 15 minutes that it is over: nothing more comes of it.
        wait_for("more of the other one", lambda: pager.show(
            disk["number"])["occurrences"] > disk["occurrences"] + 5)
        assert [incident["number"] for incident in pager.incidents()] == [disk["number"]]
        assert len(pager.incidents("--all")) == 2
        prometheus.close()


def pagerd_down_in_the_middle_learns_of_the_end_afterwards():
    with House().start() as pager:
        prometheus = prometheus_of(pager, pager.key("prometheus"))
        prometheus.metrics = {LOAD: 9}
        wait_for("the alert", pager.incidents)
        pager.stop()
        prometheus.metrics = {LOAD: 1, DISK: 0.99}
        wait_for("Prometheus to be refused",
                 lambda: "connection refused" in prometheus.process.output())
        pager.start()
        wait_for("both states", lambda: [incident["summary"] for incident in pager.incidents()]
                 == ["disk at 99%"])
        assert len(pager.incidents("--all")) == 2
        prometheus.close()


def what_is_never_said_again_expires():
    with House().start() as pager:
        prometheus = prometheus_of(pager, pager.key("prometheus"))
        prometheus.metrics = {LOAD: 9}
        number = wait_for("the alert", pager.incidents)[0]["number"]
        prometheus.process.kill()
        # Prometheus gave it four times its evaluation interval.
        wait_for("its end", lambda: pager.show(number)["state"] == "resolved")
        prometheus.close()


def an_alert_has_one_key_by_prometheus_and_by_alertmanager():
    with House().start() as pager:
        need("prometheus-alertmanager")
        key = pager.key("prometheus")
        manager = Alertmanager(pager, config=shipped_webhook(pager, key)).start()
        manager.post("HighLoad", instance="db01:9100", zone="x", A="1")
        first = wait_for("Alertmanager's", pager.incidents)[0]
        labels = {"zone": "x", "severity": "critical", "instance": "db01:9100", "empty": "",
                  "alertname": "HighLoad", "A": "1"}
        status, said, _ = pager.request("POST", "/api/v2/alerts", [{"labels": labels}],
                                        {"Authorization": f"Bearer {key}"})
        assert (status, said) == (200, ""), (status, said)
        found = pager.incidents()
        assert [incident["number"] for incident in found] == [first["number"]], found
        assert found[0]["occurrences"] > first["occurrences"], found


def amtool_lists_what_is_open():
    need("amtool")
    with House().start() as pager:
        key = pager.key("prometheus")
        for name in ("HighLoad", "DiskFull"):
            pager.request("POST", "/api/v2/alerts", [{"labels": {"alertname": name, "job": "n"},
                                                      "annotations": {"summary": "is bad"}}],
                          {"Authorization": f"Bearer {key}"})
        pager.write("amtool.yml", f"authorization: {{ credentials: {key} }}\n")

        def ask(*words):
            return subprocess.run(
                ["amtool", f"--alertmanager.url={pager.url}",
                 f"--http.config.file={pager.path('amtool.yml')}", *words, "-o", "json"],
                capture_output=True, text=True, timeout=60)

        listed = ask("alert", "query")
        assert listed.returncode == 0, listed.stderr
        names = sorted(alert["labels"]["alertname"] for alert in json.loads(listed.stdout))
        assert names == ["DiskFull", "HighLoad"], listed.stdout
        one = json.loads(ask("alert", "query", "alertname=HighLoad", "job!=x").stdout)
        assert len(one) == 1 and one[0]["annotations"]["summary"] == "is bad", one
        added = ask("alert", "add", "Disk7", "host=db1", "--annotation=summary=by amtool")
        assert added.returncode == 0, added.stderr
        assert any(i["summary"] == "by amtool" for i in pager.incidents()), pager.incidents()

        done = pager.pagectl("silence", "add", "alertname=Disk*", "--for", "1h", "-m", "work")
        assert done.returncode == 0, done.stderr
        silenced = json.loads(ask("alert", "query", "--silenced").stdout)
        assert {a["status"]["silencedBy"][0] for a in silenced} == {"1"}, silenced
        assert len(json.loads(ask("alert", "query").stdout)) == 1
        (silence,) = json.loads(ask("silence", "query").stdout)
        assert (silence["comment"], silence["createdBy"]) == ("work", "ann"), silence
        matcher = silence["matchers"][0]
        assert (matcher["name"], matcher["value"], matcher["isRegex"]) == (
            "alertname", "Disk.*", True), silence
        assert ask("config", "show").returncode == 0
        assert ask("cluster", "show").returncode == 0
        status, said, _ = pager.request("GET", "/api/v2/receivers", None,
                                        {"Authorization": f"Bearer {key}"})
        assert (status, json.loads(said)) == (200, [{"name": "ops"}]), said
        refused = ask("silence", "add", "a=b", "--comment=x", "--author=x")
        assert refused.returncode != 0, "it is to be read only"


main(what_fires_opens_and_what_is_over_closes,
     pagerd_down_in_the_middle_learns_of_the_end_afterwards,
     what_is_never_said_again_expires,
     an_alert_has_one_key_by_prometheus_and_by_alertmanager,
     amtool_lists_what_is_open)
