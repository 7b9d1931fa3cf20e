# SPDX-License-Identifier: MIT
"""Rooms of Slack: one message per incident, edited in place, and buttons that only a person of the
configuration can press."""
import json
import os
import subprocess
import time

from fake_chat import Slack
from house import PAGERD, House, main, wait_for

ROOM = "C0123ABCDEF"
OTHER = "C0456ABCDEF"
ANN = "U0000000ANN"
BOB = "U0000000BOB"
PEOPLE = {"ann": f', slack = "{ANN}"', "bob": f', slack = "{BOB}"'}
SLOW = '( { page = "primary", wait = "1h" }, { page = "secondary", wait = "1h" } )'


def house(fake, rooms=(ROOM,), **more):
    team = "chat = [ " + ", ".join(f'"slack:{room}"' for room in rooms) + " ]"
    return House(channels="inbox: { } " + fake.config(), user_extra=PEOPLE,
                 **{"escalate": SLOW, "team": team, **more})


def alert(pager, key, number=1, **fields):
    """Each of a service of its own: nothing waits for more of them."""
    assert pager.alert(key, service=f"s{number}", dedup_key=f"k{number}", **fields)[0] == 202


def problems(pager):
    return json.loads(pager.get("/v1/status", headers={
        "Authorization": f"Bearer {pager.token('ann')}"})[1])["problems"]


def state(pager, number=1):
    return pager.show(number)["state"]


def one_message_is_edited_as_the_incident_goes_and_its_thread_tells():
    fake = Slack()
    with house(fake, escalate='( { page = "primary", wait = "2s" }, '
                              '{ page = "secondary", wait = "1h" } )').start() as pager:
        key = pager.key()
        alert(pager, key, summary="<!here> disk & more", source="db1",
              runbook="https://wiki.example.org/a?b=1&c=2")
        printed = subprocess.run([PAGERD, "--callbacks", "--config", pager.config], check=True,
                                 capture_output=True, text=True).stdout
        assert f"channels.slack button {pager.url}{fake.address('button')}\n" in printed, printed
        post = fake.wait("paging Ann, then Bob")
        assert post["room"] == ROOM
        assert "\U0001F534 CRIT #1 db1: &lt;!here&gt; disk &amp; more\nops" in post["text"], post
        assert "<https://wiki.example.org/a?b=1&amp;c=2|Runbook>" in post["text"], post
        assert [label for label, _ in post["buttons"]] == ["I have it", "Pass on", "Resolve"]
        fake.wait("Bob")
        wait_for("the thread to have it", lambda: any("Bob" in note for note in post["notes"]))
        status, said, _ = fake.press(pager, post, "I have it", BOB)
        assert (status, said) == (204, ""), (status, said)
        fake.wait("Bob has it since")
        assert "(Slack)" in post["text"], post
        assert [label for label, _ in post["buttons"]] == ["Pass on", "Resolve", "Undo"], post
        shown = pager.show(1)
        assert shown["state"] == "acknowledged" and shown["acknowledged_by"] == "bob", shown
        wait_for("Bob to be told", lambda: fake.whispers)
        assert fake.whispers[0]["user"] == BOB and "ACKED #1" in fake.whispers[0]["text"]
        wait_for("the thread", lambda: any("Bob has it" in note for note in post["notes"]))
        # Undo is for who acked.
        assert fake.press(pager, post, "Undo", ANN)[0] == 204
        wait_for("Ann to be told", lambda: any("who alone can undo" in said["text"]
                                               for said in fake.whispers))
        assert state(pager) == "acknowledged"
        assert fake.press(pager, post, "Undo", BOB)[0] == 204
        fake.wait("paging")
        assert state(pager) == "triggered"
        assert fake.press(pager, post, "1.undo", BOB)[0] == 204
        wait_for("Bob to be told", lambda: any("nothing to undo" in said["text"]
                                               for said in fake.whispers))
        assert fake.press(pager, post, "Resolve", BOB)[0] == 204
        fake.wait("resolved")
        assert post["text"].startswith("\u2705 #1 db1:") and "by Bob" in post["text"], post
        assert post["buttons"] == [] and len(fake.shown()) == 1
        assert Slack.TOKEN not in pager.log() and Slack.SECRET not in pager.log()


def what_is_not_a_press_of_a_person_here_acks_nothing():
    fake = Slack()
    with house(fake, rooms=(ROOM, OTHER)).start() as pager:
        key = pager.key()
        alert(pager, key)
        wait_for("both rooms", lambda: len(fake.shown()) == 2)
        here, there = sorted(fake.shown(), key=lambda post: post["room"])
        good = fake.press_body(here, "I have it", ANN)
        unsigned = {"Content-Type": "application/x-www-form-urlencoded"}
        address = fake.address("button")
        refused = {
            "unsigned": (address, good, unsigned),
            "of another secret": (address, good, fake.headers(good, secret="another")),
            "old": (address, good, fake.headers(good, at=time.time() - 301)),
            "of the future": (address, good, fake.headers(good, at=time.time() + 301)),
            "without time": (address, good, {**fake.headers(good), "X-Slack-Request-Timestamp": ""}),
            "of another body": (address, good.replace(b"ANN", b"BOB"), fake.headers(good)),
            "of another signature": (address, good, {**fake.headers(good),
                                                     "X-Slack-Signature": "v0=" + "0" * 64}),
            "to another address": (address[:-4] + "0000", good, fake.headers(good)),
        }
        for what, (path, body, headers) in refused.items():
            status, said, _ = pager.request("POST", path, body, headers)
            assert status in (403, 404), (what, status, said)
        nothing = {
            "of an unknown person": fake.press_body(here, "I have it", "U0STRANGER1"),
            "of a bot": fake.press_body(here, "I have it", Slack.BOT),
            "of another room's message": fake.press_body(here, "I have it", ANN, room=OTHER),
            "of another message": fake.press_body(here, "I have it", ANN, ts="1795312000.000001"),
            "of another incident": fake.press_body(here, "2.ack", ANN),
            "of no incident": fake.press_body(here, "x.ack", ANN),
            "of no action": fake.press_body(here, "1.dance", ANN),
            "of nothing": b"payload=%7B%7D",
            "without body": b"",
        }
        for what, body in nothing.items():
            status, said, _ = fake.send(pager, "button", body)
            assert status == 204, (what, status, said)
        for body in (b"payload=%7B", b"payload=" + b"%5B" * 40):
            assert fake.send(pager, "button", body)[0] == 400
        assert pager.get(address)[0] in (404, 405)
        for text in ("ack", "ack 2", "hello", "", "ack 1 or not", "ack all", "x" * 5000):
            status, said, _ = fake.command(pager, text, ANN, ROOM)
            assert status == 200 and "ephemeral" in said, (text, status, said)
        assert fake.command(pager, "ack 1", ANN, "C0999ABCDEF")[0] == 200
        assert fake.command(pager, "ack 1", "U0STRANGER1", ROOM)[0] == 200
        assert state(pager) == "triggered"
        wait_for("the stranger to be told", lambda: any(
            "does not know you" in said["text"] for said in fake.whispers))
        # The real one, and the same bytes once more when it has been given back.
        headers = fake.headers(good)
        assert pager.request("POST", address, good, headers)[0] == 204
        assert pager.show(1)["acknowledged_by"] == "ann"
        assert pager.act("ann", 1, "unack")[0] == 200
        assert pager.request("POST", address, good, headers)[0] == 204
        assert state(pager) == "triggered", "a press that is replayed counts once"
        assert fake.command(pager, "ack 1", ANN, ROOM)[0] == 200
        assert pager.show(1)["acknowledged_by"] == "ann"
        assert there["room"] == OTHER


def what_goes_wrong_is_tried_again_and_the_room_shows_the_latest():
    fake = Slack()
    with house(fake).start() as pager:
        key = pager.key()
        for number, wrong in enumerate(
                ("429", "ratelimited", "503", "half"), start=1):
            fake.misbehave[:] = [wrong]
            alert(pager, key, number, summary=f"problem {wrong}")
            fake.wait(f"#{number} problem {wrong}")
        # The answer to the last one broke off: it may stand there twice.
        assert len(fake.shown()) in (4, 5), fake.shown()
        # Somebody deletes a message: it is posted anew when there is something to say.
        first = fake.shown()[0]
        fake.delete(first["id"])
        assert pager.act("ann", 1, "ack")[0] == 200
        fake.wait("#1 problem 429")
        assert "Ann has it" in fake.shown()[-1]["text"]
        # A text that is not taken holds up nothing else.
        fake.misbehave[:] = ["too_long"]
        alert(pager, key, 8, summary="too long")
        alert(pager, key, 9, summary="after it")
        fake.wait("#6 after it")
        assert not any("too long" in post["text"] for post in fake.shown())


def a_room_that_only_a_person_can_mend_is_told_once_and_shown_and_a_reload_asks_again():
    fake = Slack()
    fake.misbehave[:] = ["archived"] * 50
    with house(fake).start() as pager:
        key = pager.key()
        alert(pager, key)
        wait_for("the manager to be told",
                 lambda: "cannot be told: is_archived" in pager.get("/inbox/ann")[1])
        assert any("slack:" + ROOM in problem for problem in problems(pager))
        alert(pager, key, 2)
        assert pager.get("/inbox/ann")[1].count("cannot be told: is_archived") == 1
        fake.misbehave.clear()
        assert pager.pagectl("config", "reload").returncode == 0
        wait_for("both incidents", lambda: len(fake.shown()) == 2)
        assert not any("slack:" in problem for problem in problems(pager))


def what_is_shown_outlives_pagerd():
    fake = Slack()
    with house(fake).start() as pager:
        key = pager.key()
        alert(pager, key)
        post = fake.wait("paging Ann")
        wait_for("the book", lambda: os.system(
            f"grep -qas '{post['id']}' {pager.state}/*") == 0)
        pager.kill()  # the book is on disk a moment after the message is in the room
        pager.start()
        assert fake.press(pager, post, "I have it", ANN)[0] == 204
        fake.wait("Ann has it")
        assert len(fake.shown()) == 1


def a_private_team_says_a_number():
    fake = Slack()
    with house(fake, team=f'private = true, chat = "slack:{ROOM}"').start() as pager:
        alert(pager, pager.key(), summary="secret matter", source="db1")
        post = fake.wait("#1")
        assert "secret" not in post["text"] and "db1" not in post["text"], post


if __name__ == "__main__":
    main(one_message_is_edited_as_the_incident_goes_and_its_thread_tells,
         what_is_not_a_press_of_a_person_here_acks_nothing,
         what_goes_wrong_is_tried_again_and_the_room_shows_the_latest,
         a_room_that_only_a_person_can_mend_is_told_once_and_shown_and_a_reload_asks_again,
         what_is_shown_outlives_pagerd,
         a_private_team_says_a_number)
