# SPDX-License-Identifier: MIT
"""How a person is paged, on the real daemon: held until the morning, paused, awake."""
from house import House, main, wait_for
from sinks import Gateway

PHONE = {name: f"+491555010000{i + 1}"
         for i, name in enumerate(["ann", "bob", "cat", "dan", "eve", "fay"])}
CALM = 'notify: { normal: ( { after = "0s", via = [ "sms" ] } ) }'
SLOW = '( { page = "primary", wait = "1h" }, { page = "secondary", wait = "1h" } )'
HELD = ('severity: { warning: { notify = "normal", wake = false, promote = "never", '
        'hold = "morning" } }')
ASLEEP = ', quiet-hours = "00:00-23:59"'


def house(gateway, **more):
    return House(channels=gateway.config(), notify=CALM, escalate=SLOW, **more)


def texts(gateway, who, start):
    return [m["text"] for m in gateway.taken(PHONE[who]) if m["text"].startswith(start)]


def what_does_not_wake_waits_and_comes_as_one():
    gateway = Gateway()
    pager = house(gateway, severity=HELD, user_extra={"ann": ASLEEP})
    with pager.start():
        key = pager.key()
        for name in ("one", "two"):
            pager.alert(key, dedup_key=name, severity="warning", summary=name, service=name)
        pager.alert(key, dedup_key="three", severity="critical", summary="three", service="three")
        wait_for("what wakes", lambda: texts(gateway, "ann", "CRIT #3"))
        assert not texts(gateway, "ann", "WARN"), "held"
        shown = pager.show(1)
        assert shown["state"] == "suppressed" and shown["held_for"] == "ann", shown
        assert shown["held_until"] and "Ann's morning" in shown["reason"], shown
        assert "Ann's morning" in pager.pagectl("show", "1").stdout
        said = pager.ask("simulate", "severity=warning")
        assert said["held_until"] and "held until" in said["reason"], said
        pager.kill()
        pager.start()
        assert pager.show(1)["state"] == "suppressed", "held after kill -9"
        with open(pager.config) as file:
            config = file.read()
        pager.write("pagerd.cfg", config.replace(ASLEEP, ', quiet-hours = "never"'))
        assert pager.pagectl("config", "reload").returncode == 0
        text = wait_for("both as one", lambda: texts(gateway, "ann", "WARN #1 x2 since"))[0]
        assert "one, #2 two" in text, text
        assert not texts(gateway, "ann", "WARN #2"), "not by itself as well"
    gateway.close()


def a_pause_moves_the_duty_and_comes_back():
    gateway = Gateway()
    with house(gateway).start() as pager:
        key = pager.key()
        pager.alert(key, dedup_key="one", summary="one")
        wait_for("the page", lambda: texts(gateway, "ann", "CRIT #1"))
        done = pager.pagectl("pause", "--for", "30m")
        assert done.returncode == 0 and "Bob is ops primary and knows" in done.stdout, done
        wait_for("it is bob's at once", lambda: texts(gateway, "bob", "CRIT #1"))
        wait_for("bob is told", lambda: texts(gateway, "bob", "YOU COVER"))
        row = next(d for d in pager.ask("oncall")["oncall"] if d["role"] == "primary")
        assert row["user"] == "bob" and row["because"] == "pause" and row["back"], row
        said = pager.pagectl("oncall").stdout
        assert "covers for ann (paused until " in said, said
        assert pager.ask()["pause"]["covered_by"] == "bob"
        assert "You have paused until" in pager.pagectl().stdout
        pager.kill()
        pager.start()
        assert pager.ask()["pause"], "paused after kill -9"
        done = pager.pagectl("pause", "--end")
        assert done.returncode == 0 and "You are back" in done.stdout, done
        wait_for("bob hears of the end", lambda: [
            t for t in texts(gateway, "bob", "ON CALL") if "Ann again" in t])
        assert pager.ask()["pause"] is None
        refused = pager.pagectl("pause", "--for", "5h")
        assert refused.returncode == 2 and "1m to 4h" in refused.stderr, refused
    gateway.close()


def the_last_one_cannot_pause():
    gateway = Gateway()
    with house(gateway, users=["ann", "bob"]).start() as pager:
        bob = {"Authorization": f"Bearer {pager.token('bob')}"}
        assert pager.request("POST", "/v1/me/pause", {}, bob)[0] == 200
        refused = pager.pagectl("pause")
        assert refused.returncode == 4 and "bob has paused" in refused.stderr, refused
        assert pager.ask()["pause"] is None
    gateway.close()


def who_is_up_says_so():
    gateway = Gateway()
    with house(gateway).start() as pager:
        done = pager.pagectl("awake", "--for", "2h")
        assert done.returncode == 0 and "You are awake" in done.stdout, done
        assert pager.ask()["awake_until"]
        assert "You are awake until" in pager.pagectl().stdout
        assert pager.pagectl("awake", "--for", "13h").returncode == 2
        done = pager.pagectl("awake", "--off")
        assert done.returncode == 0 and pager.ask()["awake_until"] is None, done
        key = pager.key()
        pager.alert(key, dedup_key="one", summary="one")
        wait_for("the page", lambda: texts(gateway, "ann", "CRIT #1"))
        assert pager.act("ann", 1, "ack")[0] == 200
        assert pager.ask()["awake_until"], "by an ack"
    gateway.close()


main(what_does_not_wake_waits_and_comes_as_one,
     a_pause_moves_the_duty_and_comes_back,
     the_last_one_cannot_pause,
     who_is_up_says_so)
