# SPDX-License-Identifier: MIT
"""The main job: an alert wakes the right person, climbs until somebody has it, and ends."""
from house import House, main, wait_for
from sinks import Gateway, Mail, link_of

PHONE = {name: f"+491555010000{i + 1}" for i, name in enumerate(["ann", "bob", "cat"])}


def house(gateway, mail, **more):
    return House(channels=f"{gateway.config()} {mail.config()}", **more)


def an_alert_pages_the_primary_then_the_secondary_until_the_link_is_pressed():
    gateway, mail = Gateway(), Mail()
    with house(gateway, mail).start() as pager:
        key = pager.key()
        status, body, _ = pager.alert(key, dedup_key="disk-1")
        assert status == 202, (status, body)
        first = gateway.wait(PHONE["ann"])[0]["text"]
        assert first.startswith("CRIT #1 db1: disk full"), first
        assert mail.wait("ann@example.org")[0]["Subject"].startswith("[CRIT #1] db1: disk full")
        second = gateway.wait(PHONE["bob"])[0]["text"]
        link = link_of(second)
        for method in ("GET", "HEAD", "OPTIONS"):
            pager.request(method, link)
        assert pager.incidents()[0]["state"] == "triggered", "looking must not ack"
        assert "I have it" in pager.get(link)[1]
        status, _, headers = pager.request(
            "POST", link, "do=ack", {"Content-Type": "application/x-www-form-urlencoded"})
        assert status == 303, status
        page = pager.get(link)[1]
        assert "It is yours" in page, page
        incident = pager.incidents()[0]
        assert (incident["state"], incident["acknowledged_by"]) == ("acknowledged", "bob")
        sent = len(gateway.taken())
        pager.request("POST", "/v1/alerts", {"action": "resolve", "dedup_key": "disk-1"},
                      {"Authorization": f"Bearer {key}"})
        wait_for("the resolve", lambda: not pager.incidents())
        assert "Nothing to do" in pager.get(link)[1], "an old link says that nothing is to do"
        assert pager.request("POST", link, "do=ack", {
            "Content-Type": "application/x-www-form-urlencoded"})[0] in (303, 410)
        assert pager.incidents("--all")[0]["state"] == "resolved"
        events = [entry["event"] for entry in pager.show(1)["timeline"]]
        for event in ("triggered", "paged", "acknowledged", "resolved"):
            assert event in events, (event, events)
        states = {page["state"] for page in pager.show(1)["pages"]}
        assert states <= {"sent", "delivered", "failed"}, states
        assert len(gateway.taken()) >= sent
    gateway.close()
    mail.close()


def a_repeated_alert_is_counted_and_a_new_one_after_resolve_is_a_new_episode():
    gateway, mail = Gateway(), Mail()
    with house(gateway, mail).start() as pager:
        key = pager.key()
        for _ in range(5):
            pager.alert(key, dedup_key="k")
        wait_for("five occurrences", lambda: pager.incidents()[0]["occurrences"] == 5)
        assert len(pager.incidents()) == 1
        done = pager.pagectl("ack", "1")
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("Acked #1 db1: disk full"), done.stdout
        pager.request("POST", "/v1/alerts", {"action": "resolve", "dedup_key": "k"},
                      {"Authorization": f"Bearer {key}"})
        pager.alert(key, dedup_key="k")
        incident = wait_for("episode two", lambda: [
            i for i in pager.incidents() if i["number"] == 2])[0]
        assert incident["state"] == "triggered", incident
        again = wait_for("AGAIN", lambda: [
            m for m in gateway.taken(PHONE["ann"]) if "#2 AGAIN" in m["text"]])
        assert again
    gateway.close()
    mail.close()


def everything_of_an_incident_survives_a_restart():
    gateway, mail = Gateway(), Mail()
    with house(gateway, mail).start() as pager:
        key = pager.key()
        pager.alert(key, dedup_key="a")
        pager.alert(key, dedup_key="b", summary="web: 5xx")
        gateway.wait(PHONE["ann"], 2)
        assert pager.pagectl("ack", "2").returncode == 0
        pager.stop()
        pager.start()
        states = {i["number"]: i["state"] for i in pager.incidents()}
        assert states == {1: "triggered", 2: "acknowledged"}, states
        gateway.wait(PHONE["bob"])
        assert pager.alert(key, dedup_key="a")[0] == 202, "keys survive"
        assert pager.show(1)["timeline"][0]["event"] == "triggered"
    gateway.close()
    mail.close()


main(an_alert_pages_the_primary_then_the_secondary_until_the_link_is_pressed,
     a_repeated_alert_is_counted_and_a_new_one_after_resolve_is_a_new_episode,
     everything_of_an_incident_survives_a_restart)
