# SPDX-License-Identifier: MIT
"""Rest after a disturbed night, on the real daemon: the night lasts all day here, and is short."""
import datetime
import time

from house import House, main, wait_for
from sinks import Gateway

PHONE = {name: f"+491555010000{i + 1}"
         for i, name in enumerate(["ann", "bob", "cat", "dan", "eve", "fay"])}
NIGHT = ('recovery: { night = "00:00-23:59", when = "2s", pages = 9, rest = "24h", '
         'cover = [ "secondary", "everyone" ] }')
CALM = 'notify: { normal: ( { after = "0s", via = [ "sms" ] } ) }'
SLOW = '( { page = "primary", wait = "1h" }, { page = "secondary", wait = "1h" } )'


def house(gateway, **more):
    return House(channels=gateway.config(), recovery=NIGHT, notify=CALM, escalate=SLOW, **more)


def disturb(pager, gateway, key, who, name):
    """One incident that keeps `who` up for longer than the rule allows."""
    before = len(gateway.taken(PHONE[who]))
    pager.alert(key, dedup_key=name, summary=f"db1: {name}", service=name)  # its page waits for no storm
    gateway.wait(PHONE[who], before + 1)
    number = pager.incidents()[0]["number"]
    assert pager.act(who, number, "ack")[0] == 200
    opened = pager.incidents()[0]["opened_at"]
    wait_for("the night to count", lambda: time.time() - stamp(opened) > 3)
    assert pager.act(who, number, "resolve")[0] == 200
    return number


def stamp(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def resting(pager):
    return {row["user"]: row for row in pager.ask("recovery")["recovery"]}


def a_disturbed_responder_rests_and_the_next_alert_goes_to_the_cover():
    gateway = Gateway()
    with house(gateway).start() as pager:
        key = pager.key()
        disturb(pager, gateway, key, "ann", "first")
        row = wait_for("ann's rest", lambda: resting(pager).get("ann"))
        assert row["covered_by"] == "bob", row
        duty = pager.ask("oncall", "--team", "ops")["oncall"]
        primary = next(d for d in duty if d["role"] == "primary")
        assert primary["user"] == "bob" and "ann" in primary["why"], primary
        wait_for("ann is told", lambda: [
            m for m in gateway.taken(PHONE["ann"]) if m["text"].startswith("REST")])
        wait_for("bob is told", lambda: [
            m for m in gateway.taken(PHONE["bob"]) if m["text"].startswith("YOU COVER")])
        heard = len(gateway.taken(PHONE["ann"]))
        pager.alert(key, dedup_key="second", summary="db1: second")
        wait_for("the cover is paged", lambda: [
            m for m in gateway.taken(PHONE["bob"]) if m["text"].startswith("CRIT #2")])
        assert len(gateway.taken(PHONE["ann"])) == heard, "who rests is left alone"
        pager.kill()
        pager.start()
        assert "ann" in resting(pager), "rest survives kill -9"
        said = pager.pagectl("recovery").stdout
        assert "ann" in said and "bob" in said, said
    gateway.close()


def only_the_person_can_waive_it_and_a_manager_can_end_it():
    gateway = Gateway()
    with house(gateway, primary="bob", secondary="cat").start() as pager:
        key = pager.key()
        disturb(pager, gateway, key, "bob", "first")
        wait_for("bob's rest", lambda: resting(pager).get("bob"))
        cat = {"Authorization": f"Bearer {pager.token('cat')}"}
        bob = {"Authorization": f"Bearer {pager.token('bob')}"}
        status, body, _ = pager.request(
            "POST", "/v1/recovery", {"action": "end", "user": "bob"}, cat)
        assert status == 403, (status, body)
        assert pager.request("POST", "/v1/recovery", {"action": "waive"}, bob)[0] == 200
        assert "bob" not in resting(pager)
        primary = pager.ask("oncall")["oncall"][0]
        assert primary["user"] == "bob", primary
        disturb(pager, gateway, key, "bob", "second")
        wait_for("bob's rest again", lambda: resting(pager).get("bob"))
        done = pager.pagectl("recovery", "--end", "bob")  # ann is the manager
        assert done.returncode == 0, done.stderr
        assert "bob" not in resting(pager)
    gateway.close()


def an_override_lies_above_rota_and_rest():
    gateway = Gateway()
    with house(gateway).start() as pager:
        key = pager.key()
        done = pager.pagectl("override", "ops", "primary", "--from", "now", "--until", "now+2h",
                             "--to", "dan")
        assert done.returncode == 0, done.stderr
        primary = pager.ask("oncall")["oncall"][0]
        assert primary["user"] == "dan", primary
        pager.alert(key, dedup_key="x")
        gateway.wait(PHONE["dan"])
        overrides = pager.ask("override", "list")["overrides"]
        done = pager.pagectl("override", "--end", f"o{overrides[0]['id']}")
        assert done.returncode == 0, done.stderr
        assert pager.ask("oncall")["oncall"][0]["user"] == "ann"
    gateway.close()


def when_everybody_rests_somebody_is_paged_all_the_same_and_the_manager_told():
    gateway = Gateway()
    with house(gateway, users=["ann", "bob"], primary="bob", secondary="bob").start() as pager:
        key = pager.key()
        for who in ("ann", "bob"):
            status, body, _ = pager.request(
                "POST", "/v1/recovery", {"action": "start", "user": who, "for_ms": 86400000},
                {"Authorization": f"Bearer {pager.token('ann')}"})
            assert status == 200, (who, status, body)
        pager.alert(key, dedup_key="x")
        wait_for("a page to somebody", lambda: [
            m for m in gateway.taken() if m["text"].startswith("CRIT #1")])
        wait_for("the manager's notice", lambda: [
            m for m in gateway.taken(PHONE["ann"]) if "rest" in m["text"].lower()])
    gateway.close()


main(a_disturbed_responder_rests_and_the_next_alert_goes_to_the_cover,
     only_the_person_can_waive_it_and_a_manager_can_end_it,
     an_override_lies_above_rota_and_rest,
     when_everybody_rests_somebody_is_paged_all_the_same_and_the_manager_told)
