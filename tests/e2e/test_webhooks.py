# SPDX-License-Identifier: MIT
"""Outgoing webhooks: signed, in order, at least once whatever is killed, and given up in sight."""
import random

import fakes
from fake_hooks import Hooks, secret_of
from house import House, main, wait_for

OPENED, ACKED = "incident.opened", "incident.acknowledged"
UNACKED, RESOLVED = "incident.unacknowledged", "incident.resolved"


def house(*hooks, more="", **rest):
    groups = " ".join(
        f'h{number}: {{ url = "{hook.url}/hook", secret = "{hook.secret}" {more} }}'
        for number, hook in enumerate(hooks))
    return House(config=f"webhooks: {{ {groups} }}", escalate='( { page = "primary", wait = "30m" } )',
                 **rest)


def each_thing_that_happens_is_told_signed_and_in_order():
    hooks = Hooks()
    with house(hooks).start() as pager:
        key = pager.key()
        pager.alert(key, "db1: disk full", details="96 %", labels={"site": "ams1"})
        hooks.wait_for_types(OPENED)
        pager.act("bob", 1, "ack")
        pager.act("bob", 1, "unack")
        pager.act("ann", 1, "ack")
        assert pager.act("ann", 1, "snooze", {"for_ms": 3600000})[0] == 200
        pager.act("ann", 1, "escalate", {"note": "need a DBA"})
        pager.act("ann", 1, "resolve", {"note": "cleaned"})
        told = hooks.wait_for_types(OPENED, ACKED, UNACKED, ACKED, "incident.snoozed", RESOLVED)
        assert told[0] == OPENED and told[-1] == RESOLVED, told
        assert not hooks.refused
        first = hooks.messages[0]
        assert first["data"]["incident"]["details"] == "96 %", first
        assert first["data"]["incident"]["state"] == "triggered", first
        assert first["data"]["incident"]["labels"]["site"] == "ams1", first
        shown = pager.show(1)
        last = hooks.messages[-1]["data"]["incident"]
        assert all(shown[name] == last[name] for name in last if name != "alert_count"), last
        acked = next(message for message in hooks.messages if message["type"] == ACKED)
        assert acked["data"]["actor"] == "bob", acked
        assert len({message["id"] for message in hooks.messages}) == len(hooks.messages)
        pager.alert(key, "db2: disk full", dedup_key="db2")
        pager.alert(key, action="resolve", dedup_key="db2")
        pager.alert(key, "db2: disk full", dedup_key="db2")
        assert hooks.wait_for_types("incident.reopened", number=3) == ["incident.reopened"]
        assert hooks.wait_for_types(OPENED, RESOLVED, number=2) == [OPENED, RESOLVED]
        assert secret_of() not in pager.log()
    hooks.close()


def only_what_was_asked_for_and_both_secrets_while_they_change():
    hooks, others = Hooks(secret=secret_of(2)), Hooks()
    config = (f'webhooks: {{ some: {{ url = "{hooks.url}/hook", events = [ "incident.resolved" ], '
              f'secret = [ "{secret_of(1)}", "secret:old" ] }} '
              f'others: {{ url = "{others.url}/hook", secret = "{others.secret}", team = "web" }} }}')
    pager = House(config=config)
    pager.write("secrets/old", secret_of(2) + "\n")
    with open(pager.config) as file:
        text = file.read()
    pager.write("pagerd.cfg", text.replace("teams: { ops: {", 'teams: { web: { oncall = "cat" } '
                                           "ops: {"))
    with pager.start():
        pager.alert(pager.key())
        pager.act("ann", 1, "ack")
        pager.act("ann", 1, "resolve")
        hooks.wait_for_types(RESOLVED)
        assert hooks.told() == [RESOLVED] and not hooks.refused, hooks.told()
        pager.alert(pager.key("web", team="web"))
        others.wait_for_types(OPENED, number=2)
        assert others.told(1) == [], others.told()
    hooks.close()
    others.close()


def a_kill_at_any_time_loses_nothing_and_mixes_up_nothing():
    dice = random.Random(7)
    hooks = Hooks()
    with house(hooks).start() as pager:
        hooks.mood = lambda request: dice.choice(
            (None, None, fakes.answer(500), fakes.reset, fakes.lie_and_close))
        for number in range(1, 7):
            pager.alert(pager.key(f"key{number}"), service=f"s{number}")
            pager.act("ann", number, "ack")
            pager.act("ann", number, "resolve")
            pager.kill()
            pager.start()
        hooks.mood = lambda request: None
        pager.kill()
        pager.start()
        for number in range(1, 7):
            hooks.wait_for_types(OPENED, ACKED, RESOLVED, number=number)
            told, seen = [], set()
            for message in list(hooks.messages):
                if message["data"]["incident"]["number"] == number and message["id"] not in seen:
                    seen.add(message["id"])
                    told.append(message["type"])
            assert told == [OPENED, ACKED, RESOLVED], (number, told)
        assert not hooks.refused
        wait_for("nothing to wait", lambda: "pagerd_webhook_waiting 0" in pager.get("/metrics")[1])
    hooks.close()


def what_waits_outlives_a_restart_and_its_store_is_swept():
    hooks = Hooks()
    hooks.mood = lambda request: fakes.answer(503)
    with house(hooks).start() as pager:
        pager.alert(pager.key())
        pager.act("ann", 1, "ack")
        hooks.wait("/hook")
        wait_for("the trouble to be seen", lambda: "it answered 503" in pager.get(
            "/v1/status", headers={"Authorization": f"Bearer {pager.token('ann')}"})[1])
        pager.stop()
        first = hooks.requests("/hook")[0].headers["webhook-id"]
        hooks.mood = lambda request: None
        pager.start()
        hooks.wait_for_types(OPENED, ACKED)
        assert hooks.messages[0]["id"] == first, "the same message again"
    hooks.close()


def who_says_gone_is_told_no_more_until_the_next_reload():
    hooks, others = Hooks(), Hooks()
    with house(hooks, others).start() as pager:
        hooks.status = 410
        key = pager.key()
        pager.alert(key, service="a")
        others.wait_for_types(OPENED)
        wait_for("the stop", lambda: "webhook stopped webhook=h0" in pager.log())
        hooks.status = 200
        pager.alert(key, service="b")
        others.wait_for_types(OPENED, number=2)
        pager.kill()
        pager.start()
        pager.alert(key, service="c")
        others.wait_for_types(OPENED, number=3)
        assert len(hooks.requests("/hook")) == 1, "nothing more, not even after a restart"
        done = pager.pagectl("config", "reload")
        assert done.returncode == 0, done
        pager.alert(key, service="d")
        hooks.wait_for_types(OPENED, number=4)
    hooks.close()
    others.close()


def a_receiver_that_never_takes_it_is_given_up_in_sight_and_others_go_on():
    moods = {"down": fakes.answer(500), "moved": fakes.answer(302, Location="http://127.0.0.1:1/"),
             "refuses": fakes.answer(400, "no"), "hangs": fakes.hang}
    bad = {name: Hooks() for name in moods}
    for name, mood in moods.items():
        bad[name].mood = lambda request, mood=mood: mood
    good = Hooks()
    groups = " ".join(f'{name}: {{ url = "{hook.url}/hook", secret = "{hook.secret}", '
                      f'retry-for = "1s" }}' for name, hook in {**bad, "good": good}.items())
    with House(config=f"webhooks: {{ {groups} }}").start() as pager:
        pager.alert(pager.key())
        good.wait_for_types(OPENED)
        for name in bad:
            wait_for(f"{name} to be given up", lambda: (
                f'pagerd_webhook_given_up_total{{webhook="{name}"}} 1'
                in pager.get("/metrics")[1]))
            assert f"webhook not told webhook={name} incident=1" in pager.log()
        assert 'pagerd_webhook_given_up_total{webhook="good"} 0' in pager.get("/metrics")[1]
    for hook in (*bad.values(), good):
        hook.close()


if __name__ == "__main__":
    main(each_thing_that_happens_is_told_signed_and_in_order,
         only_what_was_asked_for_and_both_secrets_while_they_change,
         a_kill_at_any_time_loses_nothing_and_mixes_up_nothing,
         what_waits_outlives_a_restart_and_its_store_is_swept,
         who_says_gone_is_told_no_more_until_the_next_reload,
         a_receiver_that_never_takes_it_is_given_up_in_sight_and_others_go_on)
