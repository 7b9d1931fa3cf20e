# SPDX-License-Identifier: MIT
"""Texts in the house's own language: what pagerd prints can be included as it is, what is changed
is said, and what cannot be said is refused with its line."""
import os
import subprocess

from house import PAGERD, House, main, wait_for
from sinks import Gateway

GERMAN = """messages: {
  alert: { sms = "$tag #$number{0: $thing.}{3: $team seit $time.}{0: Annehmen: $link}" }
  words: { repeat = "(nochmals)" }
}
"""


def shipped():
    return subprocess.run([PAGERD, "--messages"], check=True, capture_output=True, text=True).stdout


def check(house):
    done = subprocess.run([PAGERD, "--check", "--config", house.config], capture_output=True,
                          text=True)
    return done.returncode, done.stdout + done.stderr


def the_texts_of_the_page_can_be_included():
    with open(os.path.join(os.path.dirname(__file__), "../../docs/messages.md")) as file:
        examples = [part for part in file.read().split("```") if part.startswith("\nmessages:")]
    assert len(examples) == 2
    with House('@include "messages.cfg"\n') as house:
        for example in examples:
            house.write("messages.cfg", example)
            status, text = check(house)
            assert status == 0 and "0 errors, 0 warnings" in text, text


def the_shipped_texts_can_be_included_as_they_are():
    with House('@include "messages.cfg"\n') as house:
        house.write("messages.cfg", shipped())
        status, text = check(house)
        assert status == 0 and "0 errors, 0 warnings" in text, text


def a_translated_page_is_said_and_a_reload_changes_it():
    gateway = Gateway()
    with House('@include "messages.cfg"\n', channels=gateway.config()) as house:
        house.write("messages.cfg", GERMAN)
        house.start()
        house.alert(house.key("a"), service="one")
        text = gateway.wait("+4915550100001")[0]["text"]
        assert "seit" in text and "Annehmen: http" in text, text
        house.write("messages.cfg", GERMAN.replace("Annehmen", "Nimm"))
        house.pagectl("config", "reload")
        house.alert(house.key("b"), service="two")
        wait_for("the new words", lambda: [m for m in gateway.taken() if "Nimm: http" in m["text"]])
    gateway.close()


def a_text_that_cannot_be_said_is_refused_and_the_old_one_stays():
    gateway = Gateway()
    with House('@include "messages.cfg"\n', channels=gateway.config()) as house:
        house.write("messages.cfg", GERMAN)
        house.start()
        house.write("messages.cfg", GERMAN.replace("$thing", "$ding"))
        status, text = check(house)
        assert status == 1 and "messages.cfg:2" in text and "$ding" in text, text
        assert house.pagectl("config", "reload").returncode != 0
        house.alert(house.key("a"), service="one")
        wait_for("the old words", lambda: [m for m in gateway.taken()
                                           if "db1" in m["text"] and "seit" in m["text"]])
        house.write("messages.cfg", GERMAN.replace("$team seit", "so lang " * 30))
        status, text = check(house)
        assert status == 0, "what can be left out may be long"
        house.write("messages.cfg", GERMAN.replace("{3: $team seit $time.}", " so lang" * 20))
        status, text = check(house)
        assert status == 1 and "of 160 letters of an SMS" in text, text
    gateway.close()


main(the_texts_of_the_page_can_be_included, the_shipped_texts_can_be_included_as_they_are,
     a_translated_page_is_said_and_a_reload_changes_it,
     a_text_that_cannot_be_said_is_refused_and_the_old_one_stays)
