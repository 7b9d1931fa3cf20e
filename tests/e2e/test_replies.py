#!/usr/bin/python3 -B
# SPDX-License-Identifier: MIT
"""What people text back: it means what they have seen, or nothing; the answer says what was done."""
import json
import re
import subprocess
import time
import xml.etree.ElementTree

from fake_twilio import Twilio, write
from house import PAGERD, House, main, wait_for
from sinks import Mail, plain_of

ANN, BOB, CAT, STRANGER = "+4915550100001", "+4915550100002", "+4915550100003", "+4915559999999"
NOTIFY = ('notify: { normal: ( { after = "0s", via = [ "sms" ] } ) }\n'
          'severity: { critical: { notify = "normal", wake = true } }')
STEPS = '( { page = "primary", wait = "20m" }, { page = "secondary", wait = "20m" } )'


class Talk(House):
    """A house that texts by Twilio, and phones that text back."""

    def __init__(self, more="", users=("ann", "bob"), channels=""):
        self.twilio = Twilio()
        super().__init__(channels=self.twilio.config(more) + " " + channels, notify=NOTIFY, escalate=STEPS,
                         users=list(users))
        self.start()
        self.source = self.key()
        printed = subprocess.run([PAGERD, "--callbacks", "--config", self.config],
                                 capture_output=True, text=True, check=True).stdout
        self.address = re.search(r"channels\.sms reply (\S+)", printed).group(1)

    def close(self, is_failed=False):
        super().close(is_failed)
        self.twilio.close()

    def page(self, summary, to=ANN, **more):
        """Number of a new incident that somebody has been texted about."""
        before = len(self.twilio.to(to))
        thing, what = summary.split(": ")
        status, body, _ = self.alert(self.source, summary=what, source=thing, service=summary,
                                     **more)
        assert status == 202, body
        number = json.loads(body)["alerts"][0]["incident"]
        self.twilio.wait_for_message(to, before + 1)
        wait_for("the page to be sent", lambda: all(
            page["state"] in ("sent", "delivered") for page in self.pages(number)))
        return number

    def say(self, text, number=ANN):
        """What is answered to a text; "" for nothing."""
        status, body = write(self.address, number, text)
        assert status == 200, (status, body)
        return "".join(part.text for part in xml.etree.ElementTree.fromstring(body).iter("Message"))

    def state_of(self, number):
        return self.show(number)["state"]

    def problems(self):
        """What pagerd says is wrong with it."""
        status, body, _ = self.get("/v1/status", headers={
            "Authorization": f"Bearer {self.token('ann')}"})
        assert status == 200, body
        return " ".join(json.loads(body)["problems"])

    def read(self):
        """Somebody needs three seconds to read what came."""
        last = max(page["at"] for row in self.incidents("--all") for page in
                   self.pages(row["number"]))
        seconds = time.mktime(time.strptime(last[:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone
        wait_for("it to be read", lambda: time.time() - seconds > 4.2)


def a_bare_4_acks_what_was_read_last():
    with Talk() as house:
        first = house.page("db1: disk full")
        assert house.say("4").startswith(f"ACKED #{first} db1: disk full by you ")
        shown = house.show(first)
        assert shown["state"] == "acknowledged" and shown["acknowledged_by"] == "ann", shown
        assert any("ann has it, by SMS reply" in entry["text"] for entry in shown["timeline"])
        # Two more, of which nobody can have read the newer: both are named, none is acked.
        second = house.page("web: 5xx")
        third = house.page("mx1: queue")
        said = house.say("4")
        assert said == (f"Which one? #{third} mx1: queue or #{second} web 5xx. Reply 4 {third} or "
                        f"4 {second}"), said
        assert house.state_of(second) == house.state_of(third) == "triggered"
        house.read()
        said = house.say(" \u201c4\u201d \U0001F44D")
        assert said.startswith(f"ACKED #{third} mx1: queue by you"), said
        assert said.endswith(f"Also open: #{second} web 5xx. Reply 4 again to ack it"), said
        assert house.state_of(second) == "triggered"
        said = house.say("4")
        assert said.startswith(f"ACKED #{second} web: 5xx by you"), said
        # What was acked last is what the other keys mean.
        assert house.say("7").startswith(f"SNOOZED #{second} by you till "), "snooze"
        assert house.say("6").startswith(f"RESOLVED #{second} by you "), "resolve"
        assert house.say(f"#{third} 6").startswith(f"RESOLVED #{third} by you "), "resolve"
        # It is over. The same problem again is another incident, and an old "4" is not for it.
        said = house.say(f"4 {second}")
        assert said.startswith(f"#{second} is over: resolved by Ann "), said


def numbers_are_those_of_ones_own_incidents():
    with Talk() as house:
        number = house.page("db1: disk full")
        for text in (f"ack {number}", f"A{number}", f"4#{number}"):
            assert f"#{number}" in house.say(text), text
        assert house.state_of(number) == "acknowledged"
        # Bob is of the team, and was not paged: he is told who has it, and can take it over.
        said = house.say(f"4 {number}", BOB)
        assert said.startswith(f"#{number} was acked by Ann at ") and \
            said.endswith(f"To take it over reply 4 {number}"), said
        assert house.show(number)["acknowledged_by"] == "ann"
        said = house.say(f"4 {number}", BOB)
        assert said.startswith(f"ACKED #{number} db1: disk full by you ") and \
            "taken over from Ann" in said, said
        assert house.show(number)["acknowledged_by"] == "bob"
        # Numbers that lead nowhere: five, and this way is mute.
        open_one = house.page("web: 5xx")
        for n in range(5):
            assert house.say(f"4 {900 + n}").startswith(f"There is no #{900 + n} for you."), n
        assert house.say(f"4 {open_one}") == "" and house.state_of(open_one) == "triggered"
        assert "muted for 10 minutes" in house.log()


def what_is_not_understood_acks_nothing_and_does_not_go_on_for_ever():
    with Talk() as house:
        number = house.page("db1: disk full")
        texts = ["100aa", "4.12", "I am on my way", "ok thanks", "not ack"]
        for text in texts:
            said = house.say(text)
            assert said == (f"Sorry? Open for you: #{number} db1: disk full. Reply 4=ack 5=pass on "
                            f"6=resolve"), (text, said)
        # Two programs that answer each other: silence, until something has a meaning.
        for text in texts:
            assert house.say(text) == "", text
        assert house.state_of(number) == "triggered"
        assert house.say("ok").startswith(f"ACKED #{number} "), "ok"
        assert house.say("who is this").startswith("Nothing is waiting for you. On call now: Ann")


def strangers_and_shared_numbers_are_not_answered():
    with Talk(users=("ann", "bob", "cat")) as house:
        number = house.page("db1: disk full")
        assert house.say("4", STRANGER) == "" and house.say("help", STRANGER) == ""
        assert house.say("4", "PAGER") == "" and write(house.address, "", "4")[0] == 400
        assert write(house.address, ANN, "4", sign=None)[0] == 403
        assert write(house.address, ANN, "4", sign=lambda url, fields: "AAAA")[0] == 403
        assert house.state_of(number) == "triggered"
        text = open(house.config).read().replace(CAT, ANN)
        house.write("pagerd.cfg", text)
        house.pagectl("config", "reload")
        wait_for("the new configuration", lambda: house.say("help") == "")
        assert house.say("4") == "" and house.state_of(number) == "triggered"


def strong_words_can_be_switched_off():
    with Talk('replies = "ack"') as house:
        number = house.page("db1: disk full")
        for text, what in (("6", "resolve"), ("8", "call-all"), (f"resolve {number}", "resolve")):
            said = house.say(text)
            assert said == f'"{what}" by SMS is switched off here. Use the link of the page.', said
        assert house.state_of(number) == "triggered"
        said = house.say("4")
        assert said.startswith("ACKED") and "6=" not in said, said
    with Talk('replies = "none"') as house:
        number = house.page("db1: disk full")
        assert "switched off" in house.say("4") and house.state_of(number) == "triggered"


def pages_ask_for_what_can_be_answered():
    for more, asked in (('', "Ack: http"), ('replies = "none"', "Ack: http"),
                        ('replies = "ack"', "Reply 4=ack 5=pass on or http"),
                        ('replies = "all"', "Reply 4=ack 5=pass on 6=resolve or http")):
        with Talk(more) as house:
            house.page("db1: disk full")
            assert asked in house.twilio.to(ANN)[-1].text, house.twilio.to(ANN)[-1].text


def stop_is_obeyed_until_start_and_told():
    mail = Mail()
    with Talk(channels=mail.config()) as house:
        assert house.say("STOP", BOB) == "" and house.say("stop", BOB) == ""
        told = plain_of(mail.wait("ann@example.org")[-1])  # the manager
        assert "bob wrote STOP: no sms reaches that phone until START" in told, told
        assert "bob has written STOP" in house.problems()
        number = house.page("db1: disk full")
        for _ in range(2):  # also after a restart
            house.act("ann", number, "escalate")
            mail.wait("bob@example.org")
            pages = [page for page in house.pages(number, "bob") if page["channel"] == "sms"]
            assert pages and all(page["state"] == "failed" and "STOP" in page["error"]
                                 for page in pages), pages
            assert house.twilio.to(BOB) == []
            house.stop()
            house.start()
            mail.letters.clear()
            house.act("ann", number, "resolve")
            number = house.page("web: 5xx")
        assert house.say("yes", BOB) == "START: pages come to this number again."
        house.act("ann", number, "escalate")
        house.twilio.wait_for_message(BOB)
        assert "STOP" not in house.problems()
    mail.close()


def passing_on_and_calling_everyone():
    with Talk() as house:
        number = house.page("db1: disk full")
        assert house.say("5") == f"PASSED ON #{number} to Bob: db1: disk full."
        house.twilio.wait_for_message(BOB)
        assert house.say("8").startswith(f"CALLING everyone in ops for #{number}.")


if __name__ == "__main__":
    main(a_bare_4_acks_what_was_read_last, numbers_are_those_of_ones_own_incidents,
         what_is_not_understood_acks_nothing_and_does_not_go_on_for_ever,
         strangers_and_shared_numbers_are_not_answered, strong_words_can_be_switched_off,
         pages_ask_for_what_can_be_answered, stop_is_obeyed_until_start_and_told, passing_on_and_calling_everyone)
