# SPDX-License-Identifier: MIT
"""Is somebody really reached? Test pages that have to be answered, and pagerd's own entry of an
address book."""
import os
import re

from house import House, PAGECTL, main, wait_for
from sinks import Gateway, Mail


class Reached(House):
    def __init__(self, **more):
        self.mail = Mail()
        self.sink = Gateway()
        super().__init__(channels=self.sink.config() + " " + self.mail.config(), **more)

    def close(self, is_failed=False):
        super().close(is_failed)
        self.mail.close()
        self.sink.close()

    def proof(self, user, channel):
        people = self.ask("contacts")["people"]
        contacts = next(one for one in people if one["user"] == user)["contacts"]
        return next(one for one in contacts if one["channel"] == channel)


def tokens(text):
    return re.findall(r"/t/([0-9a-z]+)", text)


def press(pager, token, number=None, action="ack"):
    body = f"do={action}" + (f"&n={number}" if number else "")
    return pager.request("POST", f"/t/{token}", body,
                         {"Content-Type": "application/x-www-form-urlencoded"})[0]


def sms_of(pager, user_phone, count):
    return wait_for("a test by SMS", lambda: [text for text in pager.sink.taken(user_phone)
                                              if "TEST from pagerd" in str(text)][count:])


def every_way_is_tested_and_the_answers_are_shown():
    with Reached().start() as pager:
        test = pager.spawn([PAGECTL, "test-page", "ann"], "test-page",
                           env={**os.environ, "PAGECTL_SERVER": pager.socket})
        token = tokens(str(sms_of(pager, "+4915550100001", 0)[0]))[0]
        assert "has arrived" in pager.get(f"/t/{token}")[1]
        assert pager.get(f"/a/{token}")[0] in (200, 404)
        assert pager.proof("ann", "sms")["test"] == "sent", "a GET has proven it"
        assert press(pager, token) == 303
        assert "TEST passed" in pager.get(f"/t/{token}")[1]
        letter = wait_for("the mail comes next", lambda: [
            one for one in pager.mail.to("ann@example.org") if "[TEST]" in one["Subject"]])[0]
        body = letter.get_body(("plain",)).get_content()
        token = tokens(body)[0]
        number = re.search(r"\b(\d{4})\b", body).group(1)
        assert press(pager, token) == 303 and press(pager, token, "0000" if number != "0000" else "1111")
        assert pager.proof("ann", "email")["test"] == "sent", "proven without its number"
        assert press(pager, token, number) == 303
        assert pager.proof("ann", "email")["test"] == "answered"
        wait_for("pagectl ends", lambda: test.is_alive() is False)
        said = test.output()
        assert re.search(r"sms +sent +\d.* answered after", said), said
        assert "ann is reachable, 2 of 2 ways answered" in said, said
        assert pager.proof("ann", "sms")["verified_at"], "not remembered"
        pager.kill()
        pager.start()
        assert pager.proof("ann", "sms")["verified_at"], "forgotten"
        assert pager.incidents() == []


def what_is_not_answered_is_found_and_only_admins_test_others():
    with Reached().start() as pager:
        done = pager.pagectl("test-page", "bob", "--channel", "sms", "--wait", "1s")
        assert done.returncode == 7, (done.returncode, done.stdout, done.stderr)
        assert "no answer" in done.stdout and "bob is not proven reachable" in done.stdout, done.stdout
        status = pager.request("POST", "/v1/contacts/ann/test", {},
                               {"Authorization": f"Bearer {pager.token('bob')}"})[0]
        assert status == 403, status
        assert pager.pagectl("test-page", "ann", "--channel", "voice").returncode == 2
        assert pager.pagectl("test-page", "nobody").returncode == 3


def a_link_of_a_test_acks_nothing_and_one_of_an_incident_proves_nothing():
    with Reached().start() as pager:
        key = pager.key()
        pager.alert(key)
        number = wait_for("an incident", pager.incidents)[0]["number"]
        pager.pagectl("test-page", "ann", "--channel", "sms", "--wait", "1s")
        texts = str(wait_for("a page", lambda: [one for one in pager.sink.taken("+4915550100001")
                                                if "/a/" in str(one)]))
        ack = re.search(r"/a/([0-9a-z]+)", texts).group(1)
        test = tokens(str(sms_of(pager, "+4915550100001", 0)))[0]
        assert press(pager, ack) == 404
        assert pager.proof("ann", "sms")["test"] == "sent"
        pager.request("POST", f"/a/{test}", "do=ack",
                      {"Content-Type": "application/x-www-form-urlencoded"})
        assert pager.show(number)["state"] == "triggered"
        assert press(pager, test) == 303
        assert pager.show(number)["state"] == "triggered"


def a_phone_gets_the_numbers_that_pages_come_from():
    with Reached().start() as pager:
        status, card, headers = pager.get("/contacts.vcf")
        assert status == 200 and headers["Content-Type"].startswith("text/vcard"), headers
        lines = card.split("\r\n")
        assert lines[:2] == ["BEGIN:VCARD", "VERSION:4.0"] and lines[-2] == "END:VCARD", card
        assert "FN:PAGER" in lines and "EMAIL:pager@example.org" in lines, card
        assert pager.pagectl("contacts", "--vcard").stdout.replace("\r", "") == card.replace("\r", "")


main(every_way_is_tested_and_the_answers_are_shown,
     what_is_not_answered_is_found_and_only_admins_test_others,
     a_link_of_a_test_acks_nothing_and_one_of_an_incident_proves_nothing,
     a_phone_gets_the_numbers_that_pages_come_from)
