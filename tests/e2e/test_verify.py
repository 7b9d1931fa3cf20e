# SPDX-License-Identifier: MIT
"""Ways to reach somebody are verified by a code that has to come back: by pagectl, by a reply."""
import json
import os
import re
import signal
import subprocess
import xml.etree.ElementTree

from fake_twilio import Twilio, write
from house import PAGERD, House, main, wait_for

ANN, BOB, NEW = "+4915550100001", "+4915550100002", "+4915550100077"
QUIET = {name: ', quiet-hours = "never"' for name in ("ann", "bob")}


class Verified(House):
    """A house that texts codes by Twilio, to ann and to bob."""

    def __init__(self, verify="on"):
        self.twilio = Twilio()
        super().__init__(channels=self.twilio.config('replies = "all"'), users=["ann", "bob"],
                         user_extra=QUIET, config=f'contacts: {{ verify = "{verify}" }}')
        self.start()

    def close(self, is_failed=False):
        super().close(is_failed)
        self.twilio.close()

    def texts(self, to, part):
        return [text for text in (one.text for one in self.twilio.to(to)) if part in text]

    def code(self, to):
        text = wait_for(f"a code to {to}", lambda: self.texts(to, "VERIFY"))[-1]
        found = re.fullmatch(r"VERIFY this phone for pagerd: code (\d{6})\. Enter it with pagectl "
                             r"contacts verify \1, or reply \1\.", text)
        assert found, text
        return found.group(1)

    def contact(self, user):
        people = self.ask("contacts")["people"]
        return next(one for one in people if one["user"] == user)["contacts"][0]

    def problems(self):
        status, body, _ = self.get("/v1/status", headers={
            "Authorization": f"Bearer {self.token('ann')}"})
        assert status == 200, body
        return [line for line in json.loads(body)["problems"] if "not verified" in line]

    def say(self, text, number):
        printed = subprocess.run([PAGERD, "--callbacks", "--config", self.config],
                                 capture_output=True, text=True, check=True).stdout
        status, body = write(re.search(r"channels\.sms reply (\S+)", printed).group(1), number, text)
        assert status == 200, (status, body)
        return "".join(part.text for part in xml.etree.ElementTree.fromstring(body).iter("Message"))


def other_than(code):
    return "100000" if code != "100000" else "100001"


def a_code_comes_back_by_pagectl_or_by_a_reply():
    with Verified() as pager:
        codes = {ANN: pager.code(ANN), BOB: pager.code(BOB)}
        assert codes[ANN] != codes[BOB]
        assert pager.contact("ann")["doubtful"] and pager.contact("ann")["verified_at"] is None
        assert pager.problems() == ["ann: not verified, or too long ago: sms",
                                    "bob: not verified, or too long ago: sms"], pager.problems()
        shown = pager.pagectl("contacts").stdout
        assert "doubtful" in shown, shown
        # a wrong one, one of somebody else, none at all
        done = pager.pagectl("contacts", "verify", other_than(codes[ANN]))
        assert done.returncode == 2 and "not the code; 4 more tries" in done.stderr, done
        assert pager.pagectl("contacts", "verify", codes[BOB]).returncode == 2
        assert pager.pagectl("contacts", "verify", "12345").returncode == 2
        # it outlives a kill: its hash is on disk with its page
        wait_for("the page to be sent", lambda: pager.contact("ann"))
        pager.kill()
        pager.start()
        done = pager.pagectl("contacts", "verify", codes[ANN])
        assert done.returncode == 0 and "Your sms is verified." in done.stdout, done
        assert not pager.contact("ann")["doubtful"] and pager.contact("ann")["verified_at"]
        assert pager.say(codes[BOB], BOB) == "Your sms is verified. All is well."
        assert not pager.contact("bob")["doubtful"]
        assert pager.problems() == []
        # nowhere but in the message
        pager.stop()
        for folder, _, names in os.walk(pager.dir):
            for name in names:
                place = os.path.join(folder, name)
                if os.path.isfile(place):
                    with open(place, "rb") as file:
                        held = file.read()
                    assert all(code.encode() not in held for code in codes.values()), place


def a_code_is_void_after_five_wrong_replies_and_pages_go_out_in_any_case():
    with Verified() as pager:
        code = pager.code(ANN)
        for left in ("4 more tries", "3 more tries", "2 more tries", "1 more try"):
            assert left in pager.say(other_than(code), ANN), left
        pager.say(other_than(code), ANN)
        assert pager.pagectl("contacts", "verify", code).returncode == 3
        assert pager.contact("ann")["doubtful"]
        status, body, _ = pager.alert(pager.key())
        assert status == 202, body
        wait_for("a page", lambda: pager.texts(ANN, "CRIT"))
        number = pager.incidents()[0]["number"]
        assert "acked" in pager.say("4", ANN).lower() or pager.show(number)["acknowledged_by"]


def the_old_number_is_told_of_the_new_one():
    with Verified(verify="off") as pager:
        assert not pager.contact("ann")["doubtful"] and pager.problems() == []
        pager.pagectl("test-page", "ann", "--channel", "sms", "--wait", "1s")
        wait_for("a test", lambda: pager.texts(ANN, "TEST"))
        assert "TEST passed" in pager.say("4", ANN)
        with open(pager.config) as file:
            text = file.read()
        pager.write("pagerd.cfg", text.replace(ANN, NEW).replace('verify = "off"', 'verify = "on"'))
        os.kill(pager.process.pid, signal.SIGHUP)
        told = wait_for("the old number to be told", lambda: pager.texts(ANN, "was changed"))
        assert told == [f"Your number in pagerd was changed to {NEW}. Was this not you? "
                        "Tell your admin."], told
        assert pager.code(NEW) and pager.contact("ann")["doubtful"]
        assert pager.texts(ANN, "VERIFY") == []


main(a_code_comes_back_by_pagectl_or_by_a_reply,
     a_code_is_void_after_five_wrong_replies_and_pages_go_out_in_any_case,
     the_old_number_is_told_of_the_new_one)
