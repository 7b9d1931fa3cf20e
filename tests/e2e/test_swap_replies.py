#!/usr/bin/python3 -B
# SPDX-License-Identifier: MIT
"""Swaps that are answered by SMS: the text offers it, "yes" and "no" always mean the swap, and a key
is the page's wherever there is one."""
import time

from house import main, wait_for
from postgres import Postgres
from test_nodes import SECRET
from test_replies import ANN, BOB, CAT, Talk

DAN = "+4915550100004"


class Swaps(Talk):
    """People whom only texts reach; questions come at any hour of the test's day."""

    def __init__(self, more='replies = "all"'):
        now = time.gmtime()
        night = f"{(now.tm_hour + 11) % 24:02}:00-{(now.tm_hour + 13) % 24:02}:00"
        self.night = night
        super().__init__(more, users=("ann", "bob", "cat", "dan"))

    def write(self, name, text, mode=0o600):
        return super().write(name, text + (f'\nrecovery: {{ night = "{self.night}" }}\n'
                                           if name == "pagerd.cfg" else ""), mode)

    def ask_swap(self, *words):
        """Somebody's question, until cat has it and has had the time to read it."""
        before = len(self.twilio.to(CAT))
        done = self.pagectl("swap", "ops", "primary", *words)
        assert done.returncode == 0, (done.stdout, done.stderr)
        self.twilio.wait_for_message(CAT, before + 1)
        sent = time.time()
        wait_for("it to be read", lambda: time.time() - sent > 4.2)
        return self.twilio.to(CAT)[-1].text

    def listed(self, number):
        return {row["id"]: row for row in self.ask("swap", "list", "--all")["swaps"]}[number]

    def says(self, user, number):
        return {one["user"]: one["answer"] for one in self.listed(number)["asked"]}[user]


def the_text_offers_what_it_takes():
    with Swaps() as house:
        text = house.ask_swap("tomorrow 10:00", "--until", "tomorrow 20:00")
        assert text.startswith("SWAP? Ann asks you to take ops primary "), text
        assert text.endswith(" Reply 4=yes 5=no") and len(text) <= 160, text
        said = house.say("5", DAN)
        assert said.startswith("SWAP w1: you said no to ops primary ") and house.says("dan", 1) == "no", said
        said = house.say("4", CAT)
        assert said.startswith("SWAP w1 is yours: ops primary ") and said.endswith(" All are told."), said
        assert house.listed(1)["taken_by"] == "cat", house.listed(1)
        assert house.say("yes", CAT) == said, "the same again is no fault"
        late = house.say("yes", DAN)
        assert late == "SWAP w1: cat has taken it.", late
        house.twilio.wait_for_message(ANN)
        assert "Cat takes it" in house.twilio.to(ANN)[-1].text, house.twilio.to(ANN)[-1].text
    with Swaps("") as house:
        text = house.ask_swap("tomorrow 10:00", "--until", "tomorrow 20:00")
        assert text.endswith(" Yes: pagectl swap accept w1"), text
    with Swaps('replies = "none"') as house:
        text = house.ask_swap("tomorrow 10:00", "--until", "tomorrow 20:00")
        assert "Reply" not in text, text
        assert "switched off" in house.say("yes", CAT) and house.listed(1)["state"] == "open"


def a_key_is_the_page_s_and_never_both():
    with Swaps() as house:
        house.ask_swap("tomorrow 10:00", "--until", "tomorrow 12:00")
        number = house.page("db1: disk full", to=ANN)
        house.act("ann", number, "reassign", {"to": "cat"})
        wait_for("cat is paged", lambda: f"#{number}" in house.twilio.to(CAT)[-1].text)
        wait_for("it went out", lambda: all(page["state"] in ("sent", "delivered")
                                            for page in house.pages(number, "cat")))
        said = house.say("4", CAT)
        assert said.startswith(f"ACKED #{number} ") and said.endswith("Swap w1: reply yes or no"), said
        assert house.says("cat", 1) == "silent" and house.listed(1)["state"] == "open", house.listed(1)
        # It is hers, and was paged a moment ago: a key is still for it.
        said = house.say("4", CAT)
        assert said.startswith(f"#{number} ") and "is yours since" in said, said
        assert house.listed(1)["state"] == "open"
        # A word is the swap's whatever is open; nobody else's swap is anybody's.
        said = house.say("no w1", BOB)
        assert house.says("cat", 1) == "silent", said
        assert house.say("no", CAT).startswith("SWAP w1: you said no to "), "no"
        assert house.says("cat", 1) == "no" and house.state_of(number) == "acknowledged"


def which_of_two_is_asked():
    with Swaps() as house:
        house.ask_swap("tomorrow 10:00", "--until", "tomorrow 12:00")
        house.ask_swap("tomorrow 14:00", "--until", "tomorrow 16:00")
        for text in ("4", "yes"):
            said = house.say(text, CAT)
            assert said.startswith("Which swap: w1 (Ann), w2 (Ann)? Reply yes w"), said
        assert house.listed(1)["state"] == house.listed(2)["state"] == "open"
        assert house.say("yes w1", CAT).startswith("SWAP w1 is yours: "), "w1"
        assert house.say("4=yes", CAT).startswith("SWAP w2 is yours: "), "the one that is left"
        assert house.say("yes w9", CAT) == "SWAP w9: no swap w9.", "w9"


class Shared(Swaps):
    """On a database that other nodes may share."""

    def __init__(self, base):
        self.base = base
        super().__init__()

    def write(self, name, text, mode=0o600):
        if name == "pagerd.cfg":
            text += (f'\nstore = "postgres:{self.base.dsn}"\n'
                     f'node: {{ name = "a"; secret = "{SECRET}" }}\n')
        return super().write(name, text, mode)


def no_swap_is_promised_while_the_database_is_away():
    """Another node may have given it to somebody else meanwhile."""
    with Postgres() as base, Shared(base) as house:
        house.ask_swap("tomorrow 10:00", "--until", "tomorrow 12:00")
        number = house.page("db1: disk full")
        base.kill()
        wait_for("it to go on without", lambda: house.get("/metrics")[1].find("database_away 1") > 0)
        for text in ("yes", "no w1"):
            said = house.say(text, CAT)
            assert said.startswith("NOT RECORDED: pagerd's database is away."), said
        assert house.pagectl("swap", "decline", "w1").returncode != 0
        # What is done to incidents is taken.
        assert house.say(f"4 {number}").startswith(f"ACKED #{number} ")
        base.start()
        wait_for("it to be back", lambda: house.get("/metrics")[1].find("database_away 0") > 0)
        assert house.listed(1)["state"] == "open" and house.says("cat", 1) == "silent", house.listed(1)
        assert house.say("yes", CAT).startswith("SWAP w1 is yours: "), house.listed(1)
        assert house.state_of(number) == "acknowledged"


if __name__ == "__main__":
    main(the_text_offers_what_it_takes, a_key_is_the_page_s_and_never_both, which_of_two_is_asked,
         no_swap_is_promised_while_the_database_is_away)
