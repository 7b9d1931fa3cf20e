# SPDX-License-Identifier: MIT
"""Whose alert it is: routes, severities of a source, and the limits of its key."""
import json
import socket

from house import House, main, wait_for

ROUTES = """
routes = ( { team = "web", match = [ "service=web*", "site!=lab" ] },
           { team = "ops", match = "job=snmp", severity = "warning" },
           { team = "ops" } )
integrations: {
  zabbix: { severity = [ "Disaster=critical" ] default-severity = "warning" body = "2KiB" }
  small:  { rate = 2 burst = 2 }
}
"""
WEB = 'teams: { web: { oncall = "eve", manager = "eve" } }\n'


def house(config=ROUTES):
    pager = House(config=config)
    pager.write("conf.d/web.cfg", WEB)
    return pager.start()


def post(pager, key, body):
    return pager.request("POST", "/v1/alerts", body, {"Authorization": f"Bearer {key}"})


def events(pager, number):
    return [(e["event"], e["text"]) for e in pager.show(number)["timeline"]]


def a_key_without_a_team_is_routed_by_labels():
    with house() as pager:
        key = pager.ask("key", "add", "prom")["key"]
        for body in ({"summary": "a", "service": "web-7"},
                     {"summary": "b", "service": "web-7", "labels": {"site": "lab"}},
                     {"summary": "c", "labels": {"job": "snmp"}}):
            assert post(pager, key, body)[0] == 202
        assert [pager.show(n)["team"] for n in (1, 2, 3)] == ["web", "ops", "ops"]
        assert pager.show(3)["severity"] == "warning"
        assert ("routed", "route 1 (service=web*, site!=lab) -> web") in events(pager, 1)
        assert ("routed", "route 2 (job=snmp) -> ops, as warning") in events(pager, 3)
        assert pager.pages(1, "eve") and not pager.pages(2, "eve")
        # It survives a restart as what it is, and so does a person's alert without a team.
        pager.stop()
        pager.start()
        assert post(pager, key, {"summary": "d", "service": "web-7"})[0] == 202
        assert pager.show(4)["team"] == "web"
        assert pager.pagectl("alert", "e", "service=web").returncode == 0
        listed = {k["name"]: k for k in pager.ask("key", "list")["keys"]}
        assert listed["prom"]["team"] is None and listed["prom"]["open"] == 4, listed["prom"]
        assert "routes" in pager.pagectl("key", "list").stdout


def a_key_with_a_team_stays_with_it_and_routes_may_change():
    with house() as pager:
        key = pager.key("fixed", "ops")
        assert post(pager, key, {"summary": "a", "service": "web", "dedup_key": "a"})[0] == 202
        assert pager.show(1)["team"] == "ops"
        routed = pager.ask("key", "add", "prom")["key"]
        assert post(pager, routed, {"summary": "b", "service": "web", "dedup_key": "b"})[0] == 202
        with open(pager.config) as file:
            text = file.read()
        pager.write("pagerd.cfg", text.replace('team = "web", match', 'team = "ops", match'))
        assert pager.pagectl("config", "reload").returncode == 0
        assert post(pager, routed, {"summary": "b", "service": "web", "dedup_key": "b"})[0] == 202
        assert post(pager, routed, {"summary": "c", "service": "web", "dedup_key": "c"})[0] == 202
        assert (pager.show(2)["team"], pager.show(3)["team"]) == ("web", "ops")


def without_routes_a_key_says_its_team():
    with house("") as pager:
        done = pager.pagectl("key", "add", "prom")
        assert done.returncode != 0 and "--team" in done.stderr, (done.stdout, done.stderr)
    with House().start() as pager:
        assert pager.ask("key", "add", "prom")["team"] == "ops"


def words_of_a_source_mean_what_its_group_says():
    with house() as pager:
        key = pager.ask("key", "add", "zabbix", "--team", "ops")["key"]
        for word in ("disaster", "blurb", "error"):
            assert post(pager, key, {"summary": word, "severity": word})[0] == 202
        assert [pager.show(n)["severity"] for n in (1, 2, 3)] == ["critical", "warning", "error"]
        assert ("routed", "severity disaster of zabbix is critical here") in events(pager, 1)


def a_body_over_the_limit_of_its_key_is_refused_and_told():
    with house() as pager:
        key = pager.ask("key", "add", "zabbix", "--team", "ops")["key"]
        other = pager.key("other")
        big = {"summary": "x", "details": "y" * 4000}
        status, body, _ = post(pager, key, big)
        assert status == 413 and "2 KiB" in json.loads(body)["error"]["text"], body
        kept = wait_for("the refusal to be told", pager.incidents)
        assert kept[0]["summary"] == "unreadable alert from zabbix: The body was over 2 KiB", kept
        assert post(pager, other, big)[0] == 202
        # The key of PagerDuty's clients is in the body: it is kept as far as it goes.
        status, body, _ = pager.request("POST", "/v2/enqueue", {
            "routing_key": key, "event_action": "trigger",
            "payload": {"summary": "x", "source": "s", "severity": "info",
                        "custom_details": {"a": "y" * 4000}}})
        assert status == 400 and "2 KiB" in body, body
        # Who waits for permission is told at once, and the team as well.
        with socket.create_connection(("127.0.0.1", pager.port)) as line:
            line.sendall(b"POST /v1/alerts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                         + key.encode() + b"\r\nExpect: 100-continue\r\nContent-Length: 5000\r\n\r\n")
            line.settimeout(60)
            assert b" 413 " in line.recv(4096).split(b"\r\n")[0] + b" "
        def row():
            return next(k for k in pager.ask("key", "list")["keys"] if k["name"] == "zabbix")
        wait_for("all three to be counted", lambda: row()["unreadable"] == 3)
        assert row()["body_max"] == 2048 and "2 KiB" in row()["last_error"], row()
        assert 'pagerd_alerts_unreadable_total{integration="zabbix"} 3' in pager.get("/metrics")[1]


def what_is_too_much_joins_one_incident_and_is_seen():
    with house() as pager:
        key = pager.ask("key", "add", "small", "--team", "ops")["key"]
        alerts = [{"summary": f"a{i}", "dedup_key": f"a{i}", "severity": "error"} for i in range(5)]
        status, body, _ = post(pager, key, alerts)
        assert status == 202, body
        assert [a["incident"] for a in json.loads(body)["alerts"]] == [1, 2, 3, 3, 3], body
        seen = pager.show(3)
        assert seen["summary"] == ("more than 2 new alerts a minute from small: 3 more; "
                                   "the worst: a2"), seen["summary"]
        assert pager.pages(3, "ann") and seen["occurrences"] == 3
        assert [t for e, t in events(pager, 3) if e == "overflow"] == [
            "error: a2", "error: a3", "error: a4"]
        # A repeat of what is open is no new alert, and a resolve is never too many.
        assert post(pager, key, alerts[0])[0] == 202
        assert post(pager, key, {"action": "resolve", "dedup_key": "a1"})[0] == 202
        assert (pager.show(1)["occurrences"], pager.show(2)["state"]) == (2, "resolved")
        row = next(k for k in pager.ask("key", "list")["keys"] if k["name"] == "small")
        assert (row["over_rate"], row["rate_max"], row["open"]) == (3, 2, 2), row
        assert ('pagerd_alerts_over_limit_total{integration="small",limit="rate"} 3'
                in pager.get("/metrics")[1])


if __name__ == "__main__":
    main(a_key_without_a_team_is_routed_by_labels,
         a_key_with_a_team_stays_with_it_and_routes_may_change,
         without_routes_a_key_says_its_team, words_of_a_source_mean_what_its_group_says,
         a_body_over_the_limit_of_its_key_is_refused_and_told,
         what_is_too_much_joins_one_incident_and_is_seen)
