# SPDX-License-Identifier: MIT
"""While the database was away: links in messages of that time, STOP and START work when it is back, too."""
import json
import re
import subprocess

from fake_twilio import Twilio, write
from house import PAGERD, main, wait_for
from sinks import link_of
from test_away import ANN, BOB, gated, metric, mirrored, numbers
from test_nodes import on_duty

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def text_about(gateway, phone, words):
    return wait_for(f"a page about {words}", lambda: [
        m["text"] for m in gateway.taken(phone) if words in m["text"] and "CRIT" in m["text"]])[0]


def press(house, text):
    status, said, _ = house.request("POST", link_of(text), "do=ack", FORM)
    assert status == 303, (status, said)


def owner(house, key):
    """Who has the incident that is open for the alert of that key."""
    return house.show(numbers(house)[key])["acknowledged_by"]


def test_a_link_works_after_it_was_handed_in():
    with gated("a", "b") as (gateway, gates, (first, second)):
        key = first.key()
        wait_for("the key", lambda: second.alert(key, "before", service="s0",
                                                 dedup_key="before")[0] == 202)
        # From memory: it is cut off, and somebody else goes on with the database.
        gates[0].cut()
        wait_for("the first to take alerts", lambda: first.alert(
            key, "db1: disk full", service="s1", dedup_key="disk")[0] == 202)
        disk = text_about(gateway, ANN, "db1")
        # Nothing is told when the next one is paged: the link alone goes to the journal.
        later = text_about(gateway, BOB, "db1")
        wait_for("the second to be on duty", lambda: on_duty(second) == "b")
        assert second.alert(key, "web1: down", service="s2", dedup_key="web")[0] == 202
        assert numbers(first)["disk"] != numbers(second)["web"]
        gates[0].mend()
        wait_for("the first to stand by", lambda: on_duty(first) == "b")
        wait_for("all to be handed in", lambda: metric(first, "journal_entries") == 0)
        # On each node, and about what it was about.
        press(first, later)
        assert (owner(second, "disk"), owner(second, "web")) == ("bob", None)
        press(second, disk)
        assert owner(second, "disk") == "bob", "who has it keeps it"
        # From the mirror: nobody else is there.
        mirrored(second)
        gates[1].cut()
        first.kill()
        second.kill()
        second.start()
        wait_for("the second to act", lambda: metric(second, "database_away") == 2)
        assert second.alert(key, "mx1: queue", service="s3", dedup_key="queue")[0] == 202
        queue = text_about(gateway, ANN, "mx1")
        late = text_about(gateway, BOB, "mx1")
        gates[1].mend()
        wait_for("the second to be on duty", lambda: on_duty(second) == "b")
        wait_for("all to be handed in", lambda: metric(second, "journal_entries") == 0)
        # And they are in the database, where the next one on duty finds them.
        second.kill()
        second.start()
        wait_for("it to be on duty again", lambda: on_duty(second) == "b")
        press(second, late)
        assert owner(second, "queue") == "bob"
        press(second, queue)


def say(house, phone, words):
    printed = subprocess.run([PAGERD, "--callbacks", "--config", house.config],
                             capture_output=True, text=True, check=True).stdout
    status, said = write(re.search(r"channels\.sms reply (\S+)", printed).group(1), phone, words)
    assert status == 200, (status, said)


def stopped(house):
    """Who has written STOP and not START, as far as the node on duty knows."""
    status, body, _ = house.get("/v1/status", headers={
        "Authorization": f"Bearer {house.token('ann')}"})
    return re.findall(r"(\w+) has written STOP", " ".join(json.loads(body)["problems"])) \
        if status == 200 else None


def test_stop_and_start_are_handed_in():
    twilio = Twilio()
    with gated("a", "b", channels=twilio.config()) as (_, gates, (first, second)):
        say(first, ANN, "STOP")
        assert stopped(first) == ["ann"]
        mirrored(second)
        gates[0].cut()
        wait_for("the first to go on from memory", lambda: metric(first, "database_away") == 1)
        wait_for("the second to be on duty", lambda: on_duty(second) == "b")
        say(first, ANN, "START")
        say(first, BOB, "STOP")
        assert stopped(second) == ["ann"]
        # It dies with what it knows: its disk alone has it.
        first.kill()
        gates[0].mend()
        first.start()
        wait_for("all to be handed in", lambda: metric(first, "journal_entries") == 0)
        assert stopped(second) == ["bob"], stopped(second)
        # And it is in the database.
        second.kill()
        wait_for("the first to be on duty", lambda: on_duty(first) == "a")
        assert stopped(first) == ["bob"], stopped(first)
    twilio.close()


if __name__ == "__main__":
    main(test_a_link_works_after_it_was_handed_in, test_stop_and_start_are_handed_in)
